package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.ArgumentException;
import io.elbo4j.control.environment.Space;

/** Refuses what an agent cannot use, before anything is touched. No message is made of what it can use. */
final class Given {
    private Given() {}

    /** As many numbers, to be written. */
    static void size(String argument, float[] numbers, int expected) {
        requireGiven(argument, numbers);
        if (numbers.length != expected) {
            throw new ArgumentException(argument, expected + " numbers", numbers.length);
        }
    }

    /** An element of a space, of a box also one beyond its bounds, whose numbers are finite. */
    static void element(String argument, Space space, float[] element) {
        elements(argument, space, element, 1);
    }

    /** Rows of elements. */
    static void elements(String argument, Space space, float[] elements, int rows) {
        int columns = space.columns();
        size(argument, elements, rows * columns);
        for (int i = 0; i < elements.length; i++) {
            if (space instanceof Space.Discrete) {
                space.check(argument, new float[] {elements[i]});
            } else if (!Float.isFinite(elements[i])) {
                throw new ArgumentException(argument, "a finite number in column " + i % columns + (rows == 1 ? ""
                        : " of row " + i / columns), elements[i]);
            }
        }
    }

    static void finite(String argument, float number) {
        if (!Float.isFinite(number)) {
            throw new ArgumentException(argument, "a finite number", number);
        }
    }
}
