package io.elbo4j.tables;

import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataKind;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.DataSource;
import io.jhdf.HdfFile;
import io.jhdf.exceptions.HdfException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code h5ad=FILE} or {@code h5ad=FILE#layers/counts}: a matrix of an AnnData file, X unless another is named. Its
 * rows are observations, whose names are keys; its columns are variables, by their names. {@code --key},
 * {@code --label-column} and {@code --split} name columns of obs.
 */
public final class AnnDataKind extends DataKind {
    /** As a service. */
    public AnnDataKind() {
        super("h5ad", "FILE");
    }

    private static String file(String at) {
        return at.split("#", 2)[0];
    }

    @Override
    public List<Path> files(String at) {
        return List.of(Path.of(file(at)));
    }

    @Override
    public boolean streams() {
        return true;
    }

    @Override
    public boolean isUndivided() {
        return true;
    }

    @Override
    public boolean isTable() {
        return true;
    }

    @Override
    public boolean isLabelled() {
        // which column that is, --label-column says
        return true;
    }

    @Override
    public DataSource read(String at, DataRequest request) {
        if (!request.settings().query().isEmpty() || !request.settings().nulls().isEmpty()) {
            throw new DataException(at + ": is no table of SQL: --query and --nulls go with table=FILE");
        }
        try (HdfFile file = H5.open(Path.of(file(at)))) {
            String[] parts = at.split("#", 2);
            return new AnnDataReading(at, file, parts.length > 1 ? parts[1] : "X", request).read();
        } catch (HdfException e) {
            throw new DataException(at + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
