package io.elbo4j.train.checkpoint;

import java.util.Arrays;
import java.util.List;

/** What a safetensors file is expected to be, and so what is demanded of it. */
enum FileRole {
    /** A checkpoint of elbo4j's, with its checksum. */
    CHECKPOINT("a checkpoint", "a checkpoint file", "a checkpoint, which is a safetensors file"),
    /** One of matrices, with its checksum. */
    MATRICES(CHECKPOINT.words, CHECKPOINT.file, CHECKPOINT.format),
    /** A checkpoint without: what another tool has written of the types that are read here. */
    READABLE(CHECKPOINT.words, CHECKPOINT.file, CHECKPOINT.format),
    /** Whatever a tool has written, of which some tensors are read. */
    WEIGHTS("a safetensors file of weights", "a safetensors file of weights", "a safetensors file of weights");

    private final String words;
    private final String file;
    private final String format;

    FileRole(String words, String file, String format) {
        this.words = words;
        this.file = file;
        this.format = format;
    }

    /** For the end of a sentence. */
    String words() {
        return words;
    }

    /** The same where there is no file at the path. */
    String file() {
        return file;
    }

    /** The same where the file is of another format. */
    String format() {
        return format;
    }

    /** Whether a file without a checksum is refused. */
    boolean needsChecksum() {
        return this == CHECKPOINT || this == MATRICES;
    }

    /** The types that a file's tensors may have. */
    List<Dtype> dtypes() {
        return switch (this) {
            case MATRICES -> List.of(Dtype.F32, Dtype.U8);
            case WEIGHTS -> List.of(Dtype.values());
            default -> Arrays.stream(Dtype.values()).filter(Dtype::isRead).toList();
        };
    }
}
