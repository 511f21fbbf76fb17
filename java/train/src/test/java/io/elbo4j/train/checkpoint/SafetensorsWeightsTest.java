package io.elbo4j.train.checkpoint;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        Map<String, Integer> bits = Map.ofEntries(Map.entry("BOOL", 8), Map.entry("U8", 8), Map.entry("I8", 8),
                Map.entry("F8_E5M2", 8), Map.entry("F8_E4M3", 8), Map.entry("F8_E8M0", 8), Map.entry("F8_E4M3FNUZ", 8),
                Map.entry("F8_E5M2FNUZ", 8), Map.entry("F4", 4), Map.entry("F6_E2M3", 6), Map.entry("F6_E3M2", 6),
                Map.entry("I16", 16), Map.entry("U16", 16), Map.entry("I32", 32), Map.entry("U32", 32), Map.entry("I64",
                        64), Map.entry("U64", 64), Map.entry("C64", 64));
        bits.forEach((dtype, size) -> tensor("other." + dtype, dtype, 4, new int[4 * size / 8]));
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
        bits.keySet().forEach(dtype -> expected.add("other." + dtype + " " + dtype + "[4]"));
        assertEquals(expected.stream().sorted().toList(), shown);
        assertSentence(file + ": tensor 'beyond': has the value 8.98846567431158E307, which is beyond float32",
                () -> read(file, "beyond"));
        for (String dtype : bits.keySet()) {
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
                + " I32, U32, I16, U16, I8, U8, BOOL, F8_E4M3, F8_E5M2, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, F6_E2M3,"
                + " F6_E3M2, F4]", () -> read(file, "x"));
    }

    /** Elements of less than a byte lie side by side, and fill their bytes. */
    @ParameterizedTest
    @CsvSource({"F4, 3, 2", "F4, 3, 1", "F4, 4, 3", "F4, 4, 1", "F6_E2M3, 2, 2", "F6_E2M3, 2, 1", "F6_E3M2, 4, 4",
            "F6_E3M2, 5, 4", "F8_E4M3FNUZ, 2, 1"})
    void partsOfBytesAreWhole(String dtype, int elements, int bytes) throws IOException {
        tensor("x", dtype, elements, new int[bytes]);
        Path file = write();
        assertSentence(file + ": tensor 'x': the data offsets 0 to " + bytes + " disagree with the shape [" + elements
                + "] of " + dtype, () -> read(file, "x"));
    }

    /** A large tensor of them is skipped, and the checksum of a file that has one covers all of it. */
    @Test
    void aChecksumCoversPartsOfBytes() throws Exception {
        tensor("six", "F6_E3M2", 8, 1, 2, 3, 4, 5, 6);
        tensor("w", "F16", 1, 0, 0x3c);
        tensor("four", "F4", 2, 7);
        // as elbo4j would write it: the larger type first, 64 zeros where the checksum will be
        String own = "{\"__metadata__\":{\"elbo4j.sha256\":\"" + "0".repeat(64) + "\"},\"w\":{\"dtype\":\"F16\","
                + "\"shape\":[1],\"data_offsets\":[0,2]},\"six\":{\"dtype\":\"F6_E3M2\",\"shape\":[8],"
                + "\"data_offsets\":[2,8]},\"four\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[8,9]}}";
        own += " ".repeat(-own.length() & 7);
        ByteBuffer all = ByteBuffer.allocate(8 + own.length() + 9).order(ByteOrder.LITTLE_ENDIAN).putLong(own.length())
                .put(own.getBytes(StandardCharsets.UTF_8)).put(new byte[] {0, 0x3c, 1, 2, 3, 4, 5, 6, 7});
        String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all.array()));
        entries.add("\"__metadata__\":{\"elbo4j.sha256\":\"" + sum + "\"}");
        Path file = write();
        assertArrayEquals(new float[] {1}, read(file, "w"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertSentence(file + ": was saved by another program, which changed it: its content does not have the SHA-256"
                + " it states", () -> read(file, "w"));
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
    void nullIsRefusedByName() throws IOException {
        tensor("w", "F16", 1, 0, 0x3c);
        Path file = write();
        refused("file", null, found -> List.of());
        refused("choice", file, null);
        refused("what choice returns", file, found -> null);
        refused("each name that choice returns", file, found -> Arrays.asList("w", null));
    }

    private static void refused(String argument, Path file,
            Function<SortedMap<String, TensorHeader>, Collection<String>> choice) {
        ArgumentException e = assertThrows(ArgumentException.class, () -> Safetensors.weights(file, choice));
        assertEquals(argument + " must be given, not null", e.getMessage());
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
