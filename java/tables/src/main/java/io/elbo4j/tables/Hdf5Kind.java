package io.elbo4j.tables;

import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataKind;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Labels;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * {@code hdf5=FILE#NAME}: a dataset N x D, N x H x W or N x H x W x C of any numbers, which are taken as they are,
 * bytes too; {@code x} unless it is named. Labels are whole numbers from 0 on, in a dataset {@code label} or {@code y}
 * beside it. The last tenth of the rows, at least one, is the test set.
 */
public final class Hdf5Kind extends DataKind {
    /** As a service. */
    public Hdf5Kind() {
        super("hdf5", "FILE");
    }

    @Override
    public List<Path> files(String at) {
        return List.of(Path.of(at.split("#", 2)[0]));
    }

    @Override
    public boolean isUndivided() {
        return true;
    }

    @Override
    public boolean isLabelled() {
        // whether there are labels shows when it is read
        return true;
    }

    @Override
    public DataSource read(String at, DataRequest request) {
        String[] parts = at.split("#", 2);
        String path = parts.length > 1 ? parts[1].replaceFirst("^/", "") : "x";
        try (HdfFile file = H5.open(Path.of(parts[0]))) {
            Node node = H5.child(at, file, path);
            Images x = images(at, node);
            Images all = request.arrays().contains(Images.LABEL) ? labelled(at, x, node.getParent()) : x;
            int tested = Math.max(1, all.rows() / 10);
            return all.rows() == 1 ? new DataSource(all, all) : new DataSource(all.first(all.rows() - tested), all.last(
                    tested));
        } catch (HdfException e) {
            throw new DataException(at + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static Images images(String at, Node node) {
        if (!(node instanceof Dataset dataset)) {
            throw new DataException(at + ": " + node.getPath() + " is a group of " + String.join(", ", ((Group) node)
                    .getChildren().keySet()) + ", expected a dataset, as in hdf5=FILE#NAME");
        }
        int[] axes = dataset.getDimensions();
        if (axes.length < 2 || axes.length > 4) {
            throw new DataException(at + ": has the shape " + Arrays.toString(axes) + ", expected (N,D), (N,H,W) or"
                    + " (N,H,W,C)");
        }
        H5Matrix matrix = H5Matrix.of(at, node);
        float[] values = new float[Math.multiplyExact(matrix.rows(), matrix.columns())];
        double[] row = new double[matrix.columns()];
        for (int r = 0; r < matrix.rows(); r++) {
            matrix.read(r, 1, row);
            for (int c = 0; c < row.length; c++) {
                values[r * row.length + c] = (float) row[c];
            }
        }
        return new Images(at, axes[0], axes.length == 2 ? 1 : axes[1], axes.length == 2 ? axes[1] : axes[2], axes.length
                == 4 ? axes[3] : 1, values);
    }

    private static Images labelled(String at, Images x, Group group) {
        String name = group.getChildren().containsKey("label") ? "label" : "y";
        int[] labels = H5.whole(at + " " + name, H5.data(at, group, name));
        return x.with(Images.LABEL, Labels.oneHot(at + " " + name, labels, Labels.classes(labels)));
    }
}
