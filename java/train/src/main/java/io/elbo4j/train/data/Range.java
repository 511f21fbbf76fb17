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
        float[] ends = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        images.forEachRow((row, number) -> {
            for (float v : row) {
                ends[0] = Math.min(ends[0], v);
                ends[1] = Math.max(ends[1], v);
            }
        });
        return new Range(images.name(), ends[0], ends[1]);
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
