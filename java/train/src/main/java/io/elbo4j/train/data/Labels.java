package io.elbo4j.train.data;

import java.util.Arrays;

/** Classes of rows as an array of a data set: 1 in the column of a row's class, 0 elsewhere. */
public final class Labels {
    private Labels() {}

    /** As many classes as the largest label needs. */
    public static int classes(int[] labels) {
        return 1 + Arrays.stream(labels).max().orElse(0);
    }

    /** The data set with labels of so many classes, of which the last ones have no row, if it has labels of fewer. */
    public static Images widened(Images images, int classes) {
        return images.arrays().contains(Images.LABEL) && images.array(Images.LABEL).columns() < classes ? images
                .paddedWith(images.alone(), Images.LABEL, classes) : images;
    }

    /**
     * Rows x classes.
     *
     * @param name where the labels come from, for error messages
     * @throws DataException naming the first label that is not from 0 to classes - 1
     */
    public static Images oneHot(String name, int[] labels, int classes) {
        float[] values = Images.allocate(name, labels.length, 1, classes, 1);
        for (int r = 0; r < labels.length; r++) {
            if (labels[r] < 0 || labels[r] >= classes) {
                throw new DataException(name + ": the label at row " + r + " (counted from 0) is " + labels[r]
                        + ", expected one from 0 to " + (classes - 1));
            }
            values[r * classes + labels[r]] = 1;
        }
        return new Images(name, labels.length, 1, classes, 1, values);
    }
}
