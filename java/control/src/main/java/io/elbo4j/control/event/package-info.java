/** What agents do as events of the JDK's flight recorder, in the category {@code elbo4j}, beside those of training. */
@org.jspecify.annotations.NullMarked
package io.elbo4j.control.event;
