package io.elbo4j.train.data;

import java.nio.file.Path;
import java.util.List;

/** {@code music=FILE}: the sets of a JSON file of sequences of steps of MIDI notes; each row is a sequence. */
final class MusicKind extends DataKind {
    MusicKind() {
        super("music", "FILE");
    }

    @Override
    boolean isMasked() {
        return true;
    }

    @Override
    public DataSource read(String at, DataRequest request) {
        return MusicFile.read(Path.of(at));
    }

    @Override
    Images validation(String at, DataRequest request, List<String> notes) {
        return MusicFile.validation(Path.of(at));
    }
}
