/**
 * What a run does as events of the JDK's flight recorder, in the category {@code elbo4j}: off unless a recording asks
 * for them, as {@code java -XX:StartFlightRecording} does. An event that nobody records costs some nanoseconds.
 */
@org.jspecify.annotations.NullMarked
package io.elbo4j.train.event;
