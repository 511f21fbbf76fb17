package io.elbo4j.equivalence;

/** Rows, columns, samples per row, and whether operands lie unaligned with gaps between their rows. */
record Shape(int rows, int columns, int samples, boolean strided) {
    static final Shape[] ALL = {
            new Shape(0, 5, 1, false), new Shape(3, 0, 2, false), new Shape(1, 1, 1, false), new Shape(3, 1, 2, true),
            new Shape(2, 2, 1, true),
            new Shape(5, 3, 1, false), new Shape(7, 4, 3, true), new Shape(1, 31, 1, true), new Shape(2, 32, 2, false),
            new Shape(5, 33, 1, true), new Shape(64, 20, 1, false), new Shape(33, 20, 1, true), new Shape(4, 127, 1,
                    true),
            new Shape(3, 128, 1, false), new Shape(4, 129, 3, false), new Shape(40, 64, 1, false),
            new Shape(131, 17, 1, true), new Shape(2, 257, 1, false), new Shape(3, 784, 1, false),
            new Shape(3, 833, 1, false), new Shape(2, 897, 2, true), new Shape(2, 1031, 1, true),
            new Shape(257, 10, 2, false), new Shape(300, 7, 1, true),
            new Shape(2, 2500, 1, false)};

    @Override
    public String toString() {
        return rows + "x" + columns + (samples > 1 ? "*" + samples : "") + (strided ? "s" : "");
    }
}
