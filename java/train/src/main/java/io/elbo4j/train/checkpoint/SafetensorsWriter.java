package io.elbo4j.train.checkpoint;

import io.elbo4j.train.data.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes a safetensors file piece by piece, digested on the way: see {@link Safetensors}. */
final class SafetensorsWriter {
    private SafetensorsWriter() {}

    /** @throws CheckpointException if names repeat or the file cannot be written; the old file is still there then */
    static void write(Path file, Map<String, String> metadata, List<TensorSource> tensors) {
        if (metadata.containsKey(Safetensors.CHECKSUM)) {
            throw new CheckpointException(
                    "the metadata key " + Safetensors.CHECKSUM + " is reserved, expected another");
        }
        Map<String, TensorSource> byName = new HashMap<>();
        tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
        if (byName.size() != tensors.size()) {
            throw new CheckpointException("two tensors have the same name, expected every name once: "
                    + tensors.stream().map(TensorSource::name).toList());
        }
        SafetensorsHeader header = SafetensorsHeader.of(metadata, tensors.stream()
                .map(t -> new TensorEntry(t.name(), t.dtype(), t.shape(), 0, 0)).toList());
        List<TensorSource> sorted = header.entries().stream().map(entry -> byName.get(entry.name())).toList();
        ByteBuffer encoded = header.encode();
        try {
            AtomicFile.write(file, channel -> write(channel, encoded, sorted));
        } catch (IOException e) {
            throw new CheckpointException(e.getMessage(), e);
        }
    }

    private static void write(FileChannel channel, ByteBuffer header, List<TensorSource> tensors) throws IOException {
        MessageDigest digest = Safetensors.newSha256();
        ByteBuffer piece = ByteBuffer.allocate(Safetensors.PIECE).order(ByteOrder.LITTLE_ENDIAN);
        put(channel, digest, piece.putLong(header.remaining()).flip());
        put(channel, digest, header.duplicate());
        for (TensorSource tensor : tensors) {
            int size = tensor.dtype().bits() / Byte.SIZE;
            long elements = TensorEntry.elements(tensor.shape());
            for (long from = 0; from < elements; from += Safetensors.PIECE / size) {
                piece.clear().limit((int) Math.min(Safetensors.PIECE, (elements - from) * size));
                tensor.values().put(from, piece);
                put(channel, digest, piece);
            }
        }
        ByteBuffer digits = ByteBuffer.wrap(Safetensors.hex(digest).getBytes(StandardCharsets.US_ASCII));
        AtomicFile.put(channel.position(Long.BYTES + SafetensorsHeader.digits(header.array())), digits);
    }

    private static void put(FileChannel channel, MessageDigest digest, ByteBuffer bytes) throws IOException {
        digest.update(bytes.duplicate());
        AtomicFile.put(channel, bytes);
    }
}
