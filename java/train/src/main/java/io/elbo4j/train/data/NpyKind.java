package io.elbo4j.train.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code npy=FILE}: a NumPy array; the last tenth of the rows, at least one, is the test set. */
final class NpyKind extends DataKind {
    NpyKind() {
        super("npy", "FILE");
    }

    @Override
    Optional<Path> labels(String at) {
        return Optional.of(NpyLabels.of(Path.of(at)));
    }

    @Override
    boolean isMasked() {
        return true;
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
    public DataSource read(String at, DataRequest request) {
        return DataSource.split(all(at, request), NpyReader.notes(Path.of(at)));
    }

    @Override
    Images validation(String at, DataRequest request, List<String> notes) {
        notes.addAll(NpyReader.notes(Path.of(at)));
        return all(at, request);
    }

    private static Images all(String at, DataRequest request) {
        Path path = Path.of(at);
        boolean sequences = request.arrays().contains(Images.MASK);
        Images x = sequences ? NpyReader.sequences(path, request.progress()) : request.stream() ? NpyReader.stream(path,
                request.progress()) : NpyReader.read(path, request.progress());
        return NpyLabels.asked(x, path, request.arrays());
    }
}
