package io.elbo4j.train.checkpoint;

import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
 * which no string of a JSON text can contain, its quotes being escaped.
 */
public final class Safetensors {
    /** The metadata key of the checksum; reserved. */
    public static final String CHECKSUM = "elbo4j.sha256";

    private static final String MARKER = "\"" + CHECKSUM + "\":\"";
    private static final String ZEROS = "0".repeat(64);
    /** The limit of the reference implementation. */
    private static final long MAX_HEADER = 100_000_000;
    private static final int CHUNK = 1 << 18;

    private Safetensors() {}

    /**
     * What a file holds.
     *
     * @param metadata sorted by key, without the checksum
     * @param tensors the F32 tensors in the order of the file
     * @param integers the I64 and U64 tensors in the order of the file
     */
    public record Content(Map<String, String> metadata, List<StoredTensor> tensors, List<StoredIntegers> integers) {
        /** @throws CheckpointException if there is none of this name */
        public StoredTensor tensor(String name) {
            return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst()
                    .orElseThrow(() -> new CheckpointException("the checkpoint holds no F32 tensor " + name));
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
        if (metadata.containsKey(CHECKSUM)) {
            throw new CheckpointException("the metadata key " + CHECKSUM + " is reserved, expected another");
        }
        List<StoredTensor> floats = tensors.stream().sorted(Comparator.comparing(StoredTensor::name)).toList();
        List<StoredIntegers> longs = integers.stream().sorted(Comparator.comparing(StoredIntegers::name)).toList();
        try {
            ByteBuffer header = header(metadata, floats, longs).encode();
            AtomicFile.write(file, channel -> {
                DigestedOutput out = new DigestedOutput(channel);
                out.put(ByteBuffer.allocate(Long.BYTES)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(header.remaining())
                                .flip());
                out.put(header);
                for (StoredIntegers tensor : longs) {
                    out.put(tensor.values());
                }
                for (StoredTensor tensor : floats) {
                    out.put(tensor.values());
                }
                out.drain();
                String digits = hex(out.digest);
                int position = Long.BYTES + digits(header.array());
                ByteBuffer patch = ByteBuffer.wrap(digits.getBytes(StandardCharsets.US_ASCII));
                while (patch.hasRemaining()) {
                    channel.write(patch, position + patch.position());
                }
            });
        } catch (IOException e) {
            throw new CheckpointException(e.getMessage(), e);
        }
    }

    private static SafetensorsHeader header(
            Map<String, String> metadata, List<StoredTensor> floats, List<StoredIntegers> longs) {
        TreeMap<String, String> sorted = new TreeMap<>(metadata);
        sorted.put(CHECKSUM, ZEROS);
        List<TensorEntry> entries = new ArrayList<>();
        long begin = 0;
        for (StoredIntegers tensor : longs) {
            long end = begin + 8L * tensor.values().length;
            String dtype = tensor.unsigned() ? TensorEntry.U64 : TensorEntry.I64;
            entries.add(new TensorEntry(tensor.name(), dtype, tensor.shape(), begin, end));
            begin = end;
        }
        for (StoredTensor tensor : floats) {
            long end = begin + 4L * tensor.values().length;
            entries.add(new TensorEntry(tensor.name(), TensorEntry.F32, tensor.shape(), begin, end));
            begin = end;
        }
        if (entries.stream().map(TensorEntry::name).distinct().count() != entries.size()) {
            throw new CheckpointException("two tensors have the same name, expected every name once: "
                    + entries.stream().map(TensorEntry::name).toList());
        }
        return new SafetensorsHeader(sorted, entries);
    }

    /** Reads a file that elbo4j wrote, and verifies its checksum. */
    public static Content read(Path file) {
        return read(file, false);
    }

    /**
     * Reads a file; takes no more memory than the file is long.
     *
     * @param acceptWithoutChecksum also read files of other tools; a checksum that is there is
     *     verified all the same
     * @throws CheckpointException if anything about the file is wrong, in one sentence
     */
    public static Content read(Path file, boolean acceptWithoutChecksum) {
        if (!Files.exists(file)) {
            throw new CheckpointException(file + ": no such file, expected a checkpoint");
        }
        if (Files.isDirectory(file)) {
            throw new CheckpointException(file + ": is a directory, expected a checkpoint file");
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return read(file.toString(), channel, acceptWithoutChecksum);
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read: " + DataException.reason(e), e);
        } catch (OutOfMemoryError e) {
            throw new CheckpointException(file + ": does not fit into the Java heap of "
                    + (Runtime.getRuntime().maxMemory() >> 20) + " MB: start java with a larger -Xmx", e);
        }
    }

    private static Content read(String file, FileChannel channel, boolean acceptWithoutChecksum) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw new CheckpointException(
                    file + ": holds " + size + " bytes, expected a safetensors file (truncated?)");
        }
        DigestedInput in = new DigestedInput(file, channel);
        byte[] length = in.next(Long.BYTES);
        long headerLength = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (headerLength < 2 || headerLength > Math.min(size - Long.BYTES, MAX_HEADER)) {
            throw new CheckpointException(String.format(
                    "%s: announces a header of %s bytes, expected 2 to %d (truncated, or no safetensors file?)",
                    file, Long.toUnsignedString(headerLength), Math.min(size - Long.BYTES, MAX_HEADER)));
        }
        byte[] json = in.next((int) headerLength);
        SafetensorsHeader header = SafetensorsHeader.parse(file, json, size - Long.BYTES - headerLength);
        String checksum = header.metadata().remove(CHECKSUM);
        if (checksum == null && !acceptWithoutChecksum) {
            throw new CheckpointException(file + ": has no checksum " + CHECKSUM
                    + " in its metadata, so elbo4j did not write it, expected a checkpoint of elbo4j");
        }
        in.digest.update(length);
        in.digest.update(withoutChecksum(file, json, checksum));
        List<StoredTensor> floats = new ArrayList<>();
        List<StoredIntegers> longs = new ArrayList<>();
        for (TensorEntry entry : header.entries()) {
            int elements = (int) TensorEntry.elements(entry.shape());
            if (entry.dtype().equals(TensorEntry.F32)) {
                floats.add(new StoredTensor(entry.name(), entry.shape(), in.floats(elements)));
            } else {
                longs.add(new StoredIntegers(
                        entry.name(), entry.shape(), in.longs(elements), entry.dtype().equals(TensorEntry.U64)));
            }
        }
        if (checksum != null && !checksum.equals(hex(in.digest))) {
            throw new CheckpointException(file + ": is damaged: its content does not have the SHA-256 it states");
        }
        return new Content(header.metadata(), List.copyOf(floats), List.copyOf(longs));
    }

    private static byte[] withoutChecksum(String file, byte[] json, @Nullable String checksum) {
        if (checksum == null) {
            return json;
        }
        byte[] copy = json.clone();
        int digits = digits(json);
        if (digits < 0 || !checksum.matches("[0-9a-f]{64}")) {
            throw new CheckpointException(file + ": is damaged: its checksum is not 64 hexadecimal digits");
        }
        System.arraycopy(ZEROS.getBytes(StandardCharsets.US_ASCII), 0, copy, digits, 64);
        return copy;
    }

    /** Where the 64 digits of the checksum begin in the header, or -1. */
    private static int digits(byte[] json) {
        // Latin-1 keeps one character a byte, so the index is that of the bytes.
        int marker = new String(json, StandardCharsets.ISO_8859_1).indexOf(MARKER);
        int digits = marker + MARKER.length();
        return marker < 0 || digits + 64 > json.length ? -1 : digits;
    }

    /** The SHA-256 of a whole file, in 64 lower-case hexadecimal digits. */
    public static String sha256(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            MessageDigest digest = newSha256();
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            while (channel.read(chunk) >= 0) {
                digest.update(chunk.flip());
                chunk.clear();
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

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
