package io.elbo4j.train.checkpoint;

import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.FileKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/** Reads a safetensors file piece by piece, and verifies its checksum: see {@link Safetensors}. */
final class SafetensorsReader {
    /** The limit of the reference implementation. */
    private static final long MAX_HEADER = 100_000_000;
    private static final String KIND = "a safetensors file";

    /** Is shown a file; what it is shown counts only if {@link #read} returns. */
    interface Visitor {
        default void header(SafetensorsHeader header) {}

        /** Whether a tensor's values must be shown where no checksum asks for them. */
        default boolean wants(TensorEntry tensor) {
            return true;
        }

        /** @param values little-endian, the tensor's elements from {@code from} on */
        default void piece(TensorEntry tensor, long from, ByteBuffer values) {}
    }

    private final String file;
    private final FileChannel channel;
    private final FileRole role;
    private final Visitor visitor;

    private SafetensorsReader(String file, FileChannel channel, FileRole role, Visitor visitor) {
        this.file = file;
        this.channel = channel;
        this.role = role;
        this.visitor = visitor;
    }

    /**
     * @return the checksum of what has been read: of all that the file holds, if it states one
     * @throws CheckpointException if anything about the file is wrong, in one sentence
     */
    static String read(Path file, FileRole role, Visitor visitor) {
        if (!Files.exists(file)) {
            throw new CheckpointException(file + ": no such file, expected " + role.words());
        }
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + ": is " + (Files.isDirectory(file) ? "a directory" : "no regular file")
                    + ", expected " + role.file());
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return new SafetensorsReader(file.toString(), channel, role, visitor).read();
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read: " + DataException.reason(e), e);
        } catch (OutOfMemoryError e) {
            throw new CheckpointException(file + ": does not fit into the Java heap of "
                    + (Runtime.getRuntime().maxMemory() >> 20) + " MB: start java with a larger -Xmx", e);
        }
    }

    private String read() throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw wrong("holds " + size + " bytes, expected a safetensors file (truncated?)");
        }
        requireNoOtherKind();
        long length = next(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN)).getLong();
        if (length < 2 || length > Math.min(size - Long.BYTES, MAX_HEADER)) {
            throw wrong(String.format(
                    "announces a header of %s bytes, expected 2 to %d (truncated, or no safetensors file?)",
                    Long.toUnsignedString(length), Math.min(size - Long.BYTES, MAX_HEADER)));
        }
        byte[] json = next(ByteBuffer.allocate((int) length)).array();
        long data = Long.BYTES + length;
        SafetensorsHeader header = new HeaderParser(file, role.dtypes()).parse(json, size - data);
        String checksum = header.metadata().remove(Safetensors.CHECKSUM);
        if (checksum == null && role.needsChecksum()) {
            boolean resaved = header.entries().stream().anyMatch(t -> t.name().matches(
                    ".*\\.(secondMoment|velocity|average)"));
            throw wrong("has no checksum " + Safetensors.CHECKSUM + " in its metadata, so " + (resaved
                    ? "another program has saved this checkpoint again without its metadata, which it cannot do without"
                    : "elbo4j did not write it, expected a checkpoint of elbo4j"));
        }
        if (checksum != null && !checksum.matches("[0-9a-f]{64}")) {
            throw wrong("is damaged: its checksum is not 64 hexadecimal digits");
        }
        visitor.header(header);
        // The checksum is that of the file as elbo4j writes it, wherever another program has put its parts.
        byte[] own = own(header);
        MessageDigest digest = Safetensors.newSha256();
        digest.update(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(own.length).flip());
        digest.update(own);
        pieces(header.inOwnOrder().stream().filter(t -> checksum != null || visitor.wants(t)).toList(), data, digest);
        String found = Safetensors.hex(digest);
        if (checksum != null && !checksum.equals(found)) {
            throw wrong((SafetensorsHeader.isOwn(json, own) ? "is damaged"
                    : "was saved by another program, which changed it")
                    + ": its content does not have the SHA-256 it states");
        }
        return found;
    }

    /** A file of another format is named: the length of a header that its first bytes make says nothing to anybody. */
    private void requireNoOtherKind() throws IOException {
        ByteBuffer first = ByteBuffer.allocate((int) Math.min(FileKind.BYTES, channel.size()));
        String kind = FileKind.of(next(first).array()).orElse(KIND);
        channel.position(0);
        if (!kind.equals(KIND)) {
            throw wrong("is " + kind + ", expected " + role.format());
        }
    }

    private byte[] own(SafetensorsHeader header) {
        try {
            return SafetensorsHeader.of(header.metadata(), header.entries()).encode().array();
        } catch (CheckpointException e) {
            throw wrong(e.getMessage());
        }
    }

    private void pieces(List<TensorEntry> tensors, long data, MessageDigest digest) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(Safetensors.PIECE, channel.size()))
                .order(ByteOrder.LITTLE_ENDIAN);
        int most = piece.capacity() & -Long.BYTES;
        for (TensorEntry tensor : tensors) {
            channel.position(data + tensor.begin());
            long bytes = tensor.end() - tensor.begin();
            for (long at = 0; at < bytes; at += most) {
                next(piece.clear().limit((int) Math.min(most, bytes - at)));
                digest.update(piece.duplicate());
                visitor.piece(tensor, at * Byte.SIZE / tensor.dtype().bits(), piece);
            }
        }
    }

    private ByteBuffer next(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw wrong("became shorter while it was read");
            }
        }
        return target.flip();
    }

    private CheckpointException wrong(String problem) {
        return new CheckpointException(file + ": " + problem);
    }
}
