package io.elbo4j.train.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code images=DIR}: PNG and JPEG files; the last tenth of the rows, at least one, is the test set. */
final class ImagesKind extends DataKind {
    ImagesKind() {
        super("images", "DIR");
    }

    @Override
    public List<Path> files(String at) {
        return ImageFolder.files(Path.of(at), new ArrayList<>());
    }

    @Override
    Optional<Path> labels(String at) {
        return Optional.of(NpyLabels.of(Path.of(at)));
    }

    @Override
    public boolean isUndivided() {
        return true;
    }

    @Override
    public DataSource read(String at, DataRequest request) {
        List<String> notes = new ArrayList<>();
        return DataSource.split(all(at, request, notes), notes);
    }

    @Override
    Images validation(String at, DataRequest request, List<String> notes) {
        return all(at, request, notes);
    }

    private static Images all(String at, DataRequest request, List<String> notes) {
        Path path = Path.of(at);
        return NpyLabels.asked(ImageFolder.read(path, notes, request.progress()), path, request.arrays());
    }
}
