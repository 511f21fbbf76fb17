/** Numbers that change from step to step: learning rates, weights of terms. */
@NullMarked
package io.elbo4j.train.schedule;

import org.jspecify.annotations.NullMarked;
