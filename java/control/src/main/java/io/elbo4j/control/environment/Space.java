package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import java.util.Arrays;

/** What observations or actions there are, in the terms of Gymnasium. An element is {@link #columns} float32s. */
public sealed interface Space {
    /** How many numbers an element has. */
    int columns();

    /** Draws an element, all of them alike. */
    void sample(Draws draws, float[] element);

    /**
     * @param element named in the error
     * @throws io.elbo4j.ArgumentException if it is no element, not even near a box
     */
    void check(String argument, float[] element);

    private static void requireColumns(Space space, String argument, float[] element) {
        requireGiven(argument, element);
        require(element.length == space.columns(), argument, space.columns() + " numbers", element.length);
    }

    /** Numbers, each between its own bounds. */
    final class Box implements Space {
        private final float[] low;
        private final float[] high;

        /** @throws io.elbo4j.ArgumentException unless there are as many of both, at least 1, and low is at most high */
        public Box(float[] low, float[] high) {
            requireGiven("low", low);
            requireGiven("high", high);
            require(low.length >= 1, "low", "at least 1 number", low.length);
            require(high.length == low.length, "high", low.length + " numbers, as low is", high.length);
            for (int i = 0; i < low.length; i++) {
                require(low[i] <= high[i], "low", "at most high, " + high[i] + " in column " + i, low[i]);
            }
            this.low = low.clone();
            this.high = high.clone();
        }

        /**
         * A space that is a box with bounds, each of them below the other.
         *
         * @param argument what it is
         * @throws io.elbo4j.ArgumentException if it is none
         */
        public static Box bounded(String argument, Space space) {
            String expected = "in a box with bounds";
            require(requireGiven(argument, space) instanceof Box, argument, expected, space);
            Box box = (Box) space;
            for (int i = 0; i < box.columns(); i++) {
                float range = box.high[i] - box.low[i];
                require(range > 0 && Float.isFinite(range), argument, expected, box);
            }
            return box;
        }

        /** The same bounds for all. */
        public static Box of(int columns, double low, double high) {
            require(columns >= 1, "columns", "at least 1", columns);
            float[] lows = new float[columns];
            float[] highs = new float[columns];
            Arrays.fill(lows, (float) low);
            Arrays.fill(highs, (float) high);
            return new Box(lows, highs);
        }

        public float low(int column) {
            return low[column];
        }

        public float high(int column) {
            return high[column];
        }

        /**
         * Writes an element whose numbers are given on the box's own scale, -1 at the lower and 1 at the upper bound.
         *
         * @param scaled {@link #columns} numbers from {@code from} on
         */
        public void unscale(float[] scaled, int from, float[] element) {
            for (int i = 0; i < low.length; i++) {
                element[i] = (low[i] + high[i]) / 2 + (high[i] - low[i]) / 2 * scaled[from + i];
            }
        }

        /** The way back: writes the numbers of an element on the box's own scale. */
        public void scale(float[] element, float[] scaled) {
            for (int i = 0; i < low.length; i++) {
                scaled[i] = (element[i] - (low[i] + high[i]) / 2) / ((high[i] - low[i]) / 2);
            }
        }

        @Override
        public int columns() {
            return low.length;
        }

        /** @throws IllegalStateException if a bound is infinite */
        @Override
        public void sample(Draws draws, float[] element) {
            for (int i = 0; i < low.length; i++) {
                if (Float.isInfinite(low[i]) || Float.isInfinite(high[i])) {
                    throw new IllegalStateException("column " + i + " of the box is not bounded");
                }
                element[i] = (float) draws.uniform(low[i], high[i]);
            }
        }

        @Override
        public void check(String argument, float[] element) {
            requireColumns(this, argument, element);
            for (int i = 0; i < low.length; i++) {
                require(!Float.isNaN(element[i]), argument, "a number in column " + i, element[i]);
            }
        }

        @Override
        public String toString() {
            return low.length + " numbers from " + Arrays.toString(low) + " to " + Arrays.toString(high);
        }
    }

    /** One of {@code count}, a number from 0. */
    record Discrete(int count) implements Space {
        public Discrete {
            require(count >= 1, "count", "at least 1", count);
        }

        @Override
        public int columns() {
            return 1;
        }

        @Override
        public void sample(Draws draws, float[] element) {
            element[0] = draws.below(count);
        }

        @Override
        public void check(String argument, float[] element) {
            requireColumns(this, argument, element);
            float number = element[0];
            require(number >= 0 && number < count && number == (int) number, argument,
                    "an integer from 0 to " + (count - 1), number);
        }

        @Override
        public String toString() {
            return "one of " + count;
        }
    }
}
