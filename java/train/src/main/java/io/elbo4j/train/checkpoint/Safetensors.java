package io.elbo4j.train.checkpoint;

import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Checkpoints in the safetensors format (huggingface/safetensors): the header's length as a
 * little-endian 64-bit integer, the header in JSON padded with spaces to a multiple of 8 bytes, the
 * tensors' values in little-endian without gaps.
 *
 * <p>The same content gives the same bytes: 64-bit tensors first (which keeps every one aligned),
 * each kind sorted by name, metadata sorted by key, no time stamp.
 *
 * <p><b>Checksum.</b> The metadata key {@value #CHECKSUM} holds 64 lower-case hexadecimal digits: the
 * SHA-256 of the whole file, first byte to last, with these 64 digits themselves replaced by 64
 * characters '0'. They stand behind the first occurrence of the bytes {@code "elbo4j.sha256":"},
 * which no string of a JSON text can contain, its quotes being escaped. A file that another program has saved again,
 * with the same metadata and tensors in another order, is read: its checksum is that of the file that elbo4j writes.
 */
public final class Safetensors {
    /** The metadata key of the checksum; reserved. */
    public static final String CHECKSUM = "elbo4j.sha256";

    /** Bytes read or written at a time, a multiple of every element's size. */
    static final int PIECE = 1 << 18;

    private Safetensors() {}

    /**
     * What a file holds.
     *
     * @param metadata sorted by key, without the checksum
     * @param tensors those of floating-point numbers, as float32, sorted by the size of an element and by name
     * @param integers the I64 and U64 tensors, sorted by name
     */
    public record Content(Map<String, String> metadata, List<StoredTensor> tensors, List<StoredIntegers> integers) {
        /** @throws CheckpointException if there is none of this name */
        public StoredTensor tensor(String name) {
            return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst()
                    .orElseThrow(() -> new CheckpointException("the checkpoint holds no floating-point tensor "
                            + name));
        }

        /** @throws CheckpointException if there is none of this name */
        public StoredIntegers integers(String name) {
            return integers.stream().filter(tensor -> tensor.name().equals(name)).findFirst()
                    .orElseThrow(() -> new CheckpointException("the checkpoint holds no I64 or U64 tensor " + name));
        }
    }

    /** Writes a file that holds float32 tensors only; see {@link #write(Path, Map, List, List)}. */
    public static void write(Path file, Map<String, String> metadata, List<StoredTensor> tensors) {
        write(file, metadata, tensors, List.of());
    }

    /**
     * Replaces {@code file} atomically: to a temporary file beside it, forced to the disk, renamed.
     *
     * @param metadata any strings, except the key {@value #CHECKSUM}
     * @throws CheckpointException if names repeat or the file cannot be written; then the old file is
     *     still there as it was
     */
    public static void write(
            Path file, Map<String, String> metadata, List<StoredTensor> tensors, List<StoredIntegers> integers) {
        SafetensorsWriter.write(file, metadata, Stream.concat(tensors.stream().map(TensorSource::of),
                integers.stream().map(TensorSource::of)).toList());
    }

    /** Reads a file that elbo4j wrote, and verifies its checksum. */
    public static Content read(Path file) {
        return read(file, false);
    }

    /**
     * Reads a file; takes little more memory than its tensors have as float32 and 64-bit integers. Elements of F16 and
     * BF16 are float32 to the bit, those of F64 are rounded to nearest.
     *
     * @param acceptWithoutChecksum also read files of other tools; a checksum that is there is
     *     verified all the same
     * @throws CheckpointException if anything about the file is wrong, in one sentence: also if an F64 is beyond
     *     float32, or if a tensor has yet another type
     */
    public static Content read(Path file, boolean acceptWithoutChecksum) {
        OnTheHeap heap = new OnTheHeap(file);
        SafetensorsReader.read(file, acceptWithoutChecksum ? FileRole.READABLE : FileRole.CHECKPOINT, heap);
        return new Content(heap.metadata, List.copyOf(heap.floats.values()), List.copyOf(heap.longs.values()));
    }

    /**
     * Reads some tensors of a file of weights, which any tool may have written. Its other tensors may have any type of
     * the format; their values are not read, unless a checksum of elbo4j's is to be verified. Elements of F16 and BF16
     * are float32 to the bit, those of F64 are rounded to nearest, as PyTorch's {@code float()} does; but a finite one
     * beyond float32, which would become infinite, is refused.
     *
     * @param choice is shown the tensors by name, and names those to read; what it throws ends the reading
     * @return those, by name
     * @throws CheckpointException if anything about the file is wrong, in one sentence: also if a tensor to be read is
     *     not there or has another type than F64, F32, F16 or BF16
     * @throws io.elbo4j.ArgumentException if an argument, what choice returns, or a name there is null
     */
    public static Map<String, StoredTensor> weights(Path file,
            Function<SortedMap<String, TensorHeader>, Collection<String>> choice) {
        return new WeightsReader(file, choice).read();
    }

    /** Collects all tensors. */
    private static final class OnTheHeap implements SafetensorsReader.Visitor {
        private final Path file;
        private final Map<String, StoredTensor> floats = new LinkedHashMap<>();
        private final Map<String, StoredIntegers> longs = new LinkedHashMap<>();
        private Map<String, String> metadata = Map.of();

        OnTheHeap(Path file) {
            this.file = file;
        }

        @Override
        public void header(SafetensorsHeader header) {
            metadata = header.metadata();
            for (TensorEntry t : header.inOwnOrder()) {
                if (t.dtype().isFloatingPoint()) {
                    floats.put(t.name(), new StoredTensor(t.name(), t.shape(), new float[t.length(file)]));
                } else {
                    longs.put(t.name(), new StoredIntegers(t.name(), t.shape(), new long[t.length(file)],
                            t.dtype() == Dtype.U64));
                }
            }
        }

        @Override
        public void piece(TensorEntry tensor, long from, ByteBuffer values) {
            if (tensor.dtype().isFloatingPoint()) {
                tensor.decode(file, values, floats.get(tensor.name()).values(), (int) from);
            } else {
                values.asLongBuffer().get(longs.get(tensor.name()).values(), (int) from, values.remaining() / 8);
            }
        }
    }

    /** The SHA-256 of a whole file, in 64 lower-case hexadecimal digits. */
    public static String sha256(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            MessageDigest digest = newSha256();
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            while (channel.read(piece) >= 0) {
                digest.update(piece.flip());
                piece.clear();
            }
            return hex(digest);
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read: " + DataException.reason(e), e);
        }
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
