package io.elbo4j.train.data;

/**
 * The least and the largest value of data.
 *
 * @param name where the data comes from, for sentences
 */
public record Range(String name, float least, float largest) {
    /** Networks begin with outputs of about 1: far beyond, a Gaussian likelihood may not be finite at once. */
    private static final float WIDE = 30;

    public static Range of(Images images) {
        float least = Float.POSITIVE_INFINITY;
        float largest = Float.NEGATIVE_INFINITY;
        float[] row = new float[images.columns()];
        for (int r = 0; r < images.rows(); r++) {
            images.copyRows(r, 1, row, 0);
            for (float v : row) {
                least = Math.min(least, v);
                largest = Math.max(largest, v);
            }
        }
        return new Range(images.name(), least, largest);
    }

    /** Whether a value has a magnitude above {@value #WIDE}. */
    public boolean isWide() {
        return Math.max(-least, largest) > WIDE;
    }

    /** The range as the rest of a sentence. */
    public String inWords() {
        return "the values of " + name + " range from " + least + " to " + largest;
    }
}
