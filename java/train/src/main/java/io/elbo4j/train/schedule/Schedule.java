package io.elbo4j.train.schedule;

/** A number that may change from training step to training step. */
@FunctionalInterface
public interface Schedule {
    /** The number for a step, counted from 0: the same at every call. */
    double at(long step);

    /** The same number always. */
    static Schedule constant(double value) {
        return new Constant(value);
    }

    /** See {@link Schedule#constant}. */
    record Constant(double value) implements Schedule {
        @Override
        public double at(long step) {
            return value;
        }
    }
}
