/** Several processes that train one model: what they tell each other, and over what. */
@org.jspecify.annotations.NullMarked
package io.elbo4j.train.worker;
