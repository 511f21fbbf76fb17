package io.elbo4j.train.checkpoint;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of weights of other tools, put together byte by byte. */
class SafetensorsWeightsTest {
    @TempDir
    Path dir;

    private final List<String> entries = new ArrayList<>();
    private final ByteBuffer data = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);

    private void tensor(String name, String dtype, int elements, int... bytes) {
        int begin = data.position();
        for (int b : bytes) {
            data.put((byte) b);
        }
        entry(name, dtype, elements, begin, data.position());
    }

    private void entry(String name, String dtype, long elements, long begin, long end) {
        entries.add("\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + elements + "],\"data_offsets\":["
                + begin + "," + end + "]}");
    }

    private Path write() throws IOException {
        byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(8 + header.length + data.position()).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(header.length).put(header).put(data.array(), 0, data.position());
        return Files.write(dir.resolve("w.safetensors"), all.array());
    }

    private static float[] read(Path file, String name) {
        return Safetensors.weights(file, found -> List.of(name)).get(name).values();
    }

    /** The sizes are those of the format's specification. */
    @Test
    void tensorsOfAnyTypeMayStandBesideThoseThatAreRead() throws IOException {
        Map<String, Integer> sizes = Map.ofEntries(Map.entry("BOOL", 1), Map.entry("U8", 1), Map.entry("I8", 1),
                Map.entry("F8_E5M2", 1), Map.entry("F8_E4M3", 1), Map.entry("F8_E8M0", 1), Map.entry("I16", 2),
                Map.entry("U16", 2), Map.entry("I32", 4), Map.entry("U32", 4), Map.entry("I64", 8), Map.entry("U64", 8),
                Map.entry("C64", 8));
        sizes.forEach((dtype, size) -> tensor("other." + dtype, dtype, 3, new int[3 * size]));
        tensor("w", "BF16", 2, 0x80, 0x3f, 0, 0xc0);
        tensor("beyond", "F64", 1, 0, 0, 0, 0, 0, 0, 0xe0, 0x7f);
        Path file = write();
        assertArrayEquals(new float[] {1, -2}, read(file, "w"));
        List<String> shown = new ArrayList<>();
        assertEquals(Map.of(), Safetensors.weights(file, found -> {
            found.forEach((name, t) -> shown.add(name + " " + t.dtype() + Arrays.toString(t.shape())));
            return List.of();
        }));
        List<String> expected = new ArrayList<>(List.of("beyond F64[1]", "w BF16[2]"));
        sizes.keySet().forEach(dtype -> expected.add("other." + dtype + " " + dtype + "[3]"));
        assertEquals(expected.stream().sorted().toList(), shown);
        assertSentence(file + ": tensor 'beyond': has the value 8.98846567431158E307, which is beyond float32",
                () -> read(file, "beyond"));
        for (String dtype : sizes.keySet()) {
            assertSentence(file + ": tensor 'other." + dtype + "' has the dtype " + dtype
                    + ", expected one of [F64, F32, F16, BF16]", () -> read(file, "other." + dtype));
        }
        assertSentence(file + ": holds no tensor 'none'", () -> read(file, "none"));
    }

    @Test
    void typesThatTheFormatLacksAndSizesThatDoNotFit() throws IOException {
        tensor("x", "I32", 2, 0, 0, 0, 0);
        Path file = write();
        assertSentence(file + ": tensor 'x': the data offsets 0 to 4 disagree with the shape [2] of I32", () -> read(
                file, "x"));
        entries.clear();
        entry("x", "F128", 1, 0, 4);
        write();
        assertSentence(file + ": tensor 'x': has the dtype 'F128', expected one of [F64, F32, F16, BF16, I64, U64, C64,"
                + " I32, U32, I16, U16, I8, U8, BOOL, F8_E4M3, F8_E5M2, F8_E8M0]", () -> read(file, "x"));
    }

    /** No array holds the other, and it is no more than a hole in the file. */
    @Test
    void whatIsNotAskedForIsNotRead() throws IOException {
        tensor("w", "F16", 2, 0, 0x3c, 0, 0xc0);
        entry("huge", "F32", 3_000_000_000L, 4, 12_000_000_004L);
        Path file = write();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), channel.size() + 12_000_000_000L - 1);
        }
        List<String> pieces = new ArrayList<>();
        SafetensorsReader.read(file, FileRole.WEIGHTS, new SafetensorsReader.Visitor() {
            @Override
            public boolean wants(TensorEntry tensor) {
                return tensor.name().equals("w");
            }

            @Override
            public void piece(TensorEntry tensor, long from, ByteBuffer values) {
                assertEquals("w", tensor.name());
                pieces.add(tensor.name());
            }
        });
        assertEquals(List.of("w"), pieces);
        assertArrayEquals(new float[] {1, -2}, read(file, "w"));
        assertSentence(file + ": tensor 'huge': holds 3000000000 values, expected at most 2147483639", () -> read(file,
                "huge"));
    }

    /** That of the whole file: the damage is in a tensor that is not asked for. */
    @Test
    void aChecksumIsVerified() throws IOException {
        Path file = dir.resolve("own");
        Safetensors.write(file, Map.of(), List.of(new StoredTensor("a", new long[] {1}, new float[] {5}),
                new StoredTensor("b", new long[] {1}, new float[] {6})));
        assertArrayEquals(new float[] {5}, read(file, "a"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertSentence(file + ": is damaged: its content does not have the SHA-256 it states", () -> read(file, "a"));
    }

    @Test
    void messagesSpeakOfWeights() throws IOException {
        Path none = dir.resolve("none");
        assertSentence(none + ": no such file, expected a safetensors file of weights", () -> read(none, "x"));
        assertSentence(dir + ": is a directory, expected a safetensors file of weights", () -> read(dir, "x"));
        Path pickle = Files.write(dir.resolve("p"), new byte[] {(byte) 0x80, 2, '}', 'q', 0, 'X', 1, 0, 0, 0});
        assertSentence(pickle + ": is a Python pickle (older files of PyTorch are such as well), expected a safetensors"
                + " file of weights", () -> read(pickle, "x"));
    }
}
