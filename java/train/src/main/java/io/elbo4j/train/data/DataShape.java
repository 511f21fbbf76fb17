package io.elbo4j.train.data;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a model's settings follow from.
 *
 * @param kind of data
 * @param rows of the training data
 * @param height of x's images
 * @param width of x's images
 * @param channels of x's images, the last in the order of their values
 * @param columns of each array of a row, by the array's name
 */
public record DataShape(DataKind kind, int rows, int height, int width, int channels, Map<String, Integer> columns) {
    public DataShape {
        columns = Map.copyOf(columns);
    }

    public static DataShape of(DataKind kind, Images images) {
        return new DataShape(kind, images.rows(), images.height(), images.width(), images.channels(), images.arrays()
                .stream()
                .collect(Collectors.toMap(a -> a, a -> images.array(a).columns())));
    }

    /** @throws DataException if the data has no such array */
    public int columns(String array) {
        Integer found = columns.get(array);
        if (found == null) {
            throw new DataException("the data has no array '" + array + "', which the model takes");
        }
        return found;
    }
}
