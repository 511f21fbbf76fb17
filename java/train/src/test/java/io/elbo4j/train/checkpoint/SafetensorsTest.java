package io.elbo4j.train.checkpoint;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static io.elbo4j.train.data.Sentences.names;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
    @TempDir
    Path dir;

    private static final StoredTensor WEIGHT = new StoredTensor("weight", new long[] {2, 3},
            new float[] {0f, -0f, 1.5f, Float.MIN_VALUE, Float.NaN, Float.NEGATIVE_INFINITY});
    private static final StoredTensor BIAS = new StoredTensor("bias", new long[] {1}, new float[] {-7});
    private static final StoredIntegers STEP = new StoredIntegers("step", new long[] {}, new long[] {1L << 53}, false);
    private static final StoredIntegers SEED = new StoredIntegers("seed", new long[] {2}, new long[] {-1, 2}, true);

    private Path write() {
        Path file = dir.resolve("c.safetensors");
        Safetensors.write(file, Map.of("b", "2", "a", "\"\\ é\u2028\n"), List.of(WEIGHT, BIAS), List.of(STEP, SEED));
        return file;
    }

    @Test
    void readsWhatItWrote() throws IOException {
        Safetensors.Content content = Safetensors.read(write());
        assertEquals(Map.of("b", "2", "a", "\"\\ é\u2028\n"), content.metadata());
        assertEquals(List.of("a", "b"), List.copyOf(content.metadata().keySet()));
        assertEquals(List.of("bias", "weight"), content.tensors().stream().map(StoredTensor::name).toList());
        assertArrayEquals(WEIGHT.shape(), content.tensor("weight").shape());
        assertArrayEquals(WEIGHT.values(), content.tensor("weight").values());
        assertEquals(1 / -0f, 1 / content.tensor("weight").values()[1]);
        assertArrayEquals(BIAS.values(), content.tensor("bias").values());
        assertArrayEquals(STEP.values(), content.integers("step").values());
        assertArrayEquals(new long[0], content.integers("step").shape());
        assertFalse(content.integers("step").unsigned());
        assertArrayEquals(SEED.values(), content.integers("seed").values());
        assertTrue(content.integers("seed").unsigned());
        assertEquals(List.of("c.safetensors"), names(dir));
        assertSentence("the checkpoint holds no floating-point tensor step", () -> content.tensor("step"));
        assertSentence("the checkpoint holds no I64 or U64 tensor bias", () -> content.integers("bias"));
    }

    @Test
    void bytesFollowTheFormat() throws IOException {
        Path file = dir.resolve("f");
        Safetensors.write(file, Map.of(), List.of(BIAS), List.of(STEP));
        byte[] bytes = Files.readAllBytes(file);
        String digits = new String(bytes, 8 + 34, 64, StandardCharsets.US_ASCII);
        String json = "{\"__metadata__\":{\"elbo4j.sha256\":\"" + digits + "\"},"
                + "\"step\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                + "\"bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}";
        json += " ".repeat((8 - json.length() % 8) % 8);
        ByteBuffer expected = ByteBuffer.allocate(8 + json.length() + 12).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length()).put(json.getBytes(StandardCharsets.US_ASCII)).putLong(1L << 53).putFloat(-7);
        assertArrayEquals(expected.array(), bytes);
    }

    /** The recipe of the class comment, without the class. */
    @Test
    void checksumIsTheShaOfTheFileWithItsDigitsZeroed() throws Exception {
        byte[] bytes = Files.readAllBytes(write());
        int digits = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\"elbo4j.sha256\":\"") + 17;
        String stated = new String(bytes, digits, 64, StandardCharsets.US_ASCII);
        Arrays.fill(bytes, digits, digits + 64, (byte) '0');
        assertEquals(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)), stated);
        Path empty = Files.write(dir.resolve("empty"), new byte[0]);
        assertEquals("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Safetensors.sha256(empty));
    }

    @Test
    void sameContentSameBytes() throws IOException {
        byte[] first = Files.readAllBytes(write());
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("b", "2");
        metadata.put("a", "\"\\ é\u2028\n");
        Path other = dir.resolve("other");
        Safetensors.write(other, metadata, List.of(BIAS, WEIGHT), List.of(SEED, STEP));
        assertArrayEquals(first, Files.readAllBytes(other));
    }

    @Test
    void emptyAndLargeTensors() {
        float[] large = new float[200_003];
        for (int i = 0; i < large.length; i++) {
            large[i] = i;
        }
        long[] longs = {0, 1};
        Path file = dir.resolve("f");
        Safetensors.write(file, Map.of(), List.of(new StoredTensor("x", new long[] {200_003, 1}, large),
                new StoredTensor("none", new long[] {5, 0}, new float[0])),
                List.of(new StoredIntegers("longs", new long[] {2}, longs, false)));
        Safetensors.Content content = Safetensors.read(file);
        assertArrayEquals(large, content.tensor("x").values());
        assertEquals(0, content.tensor("none").values().length);
        assertArrayEquals(longs, content.integers("longs").values());
        Safetensors.write(file, Map.of(), List.of());
        assertEquals(List.of(), Safetensors.read(file).tensors());
    }

    @Test
    void anyFlippedBitIsNoticed() throws IOException {
        Path file = write();
        byte[] good = Files.readAllBytes(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int bit = 0; bit < 8 * good.length; bit++) {
                int at = bit / 8;
                channel.write(ByteBuffer.wrap(new byte[] {(byte) (good[at] ^ 1 << bit % 8)}), at);
                CheckpointException e =
                        assertThrows(CheckpointException.class, () -> Safetensors.read(file), "bit " + bit);
                assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
                channel.write(ByteBuffer.wrap(good, at, 1), at);
            }
        }
        Safetensors.read(file);
    }

    @Test
    void anyOtherLengthIsNoticed() throws IOException {
        byte[] good = Files.readAllBytes(write());
        Path file = dir.resolve("cut");
        for (int length = 0; length < good.length; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            CheckpointException e =
                    assertThrows(CheckpointException.class, () -> Safetensors.read(file), "length " + length);
            assertTrue(e.getMessage().endsWith("(truncated?)")
                    || e.getMessage().endsWith("(truncated, or no safetensors file?)"),
                    e.getMessage());
        }
        Files.write(file, Arrays.copyOf(good, good.length + 1));
        assertSentence(file + ": holds 53 bytes of tensor data, expected 52 as its header says (trailing bytes)",
                () -> Safetensors.read(file));
    }

    @Test
    void damagedDataHasASentence() throws IOException {
        Path file = write();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertSentence(
                file + ": is damaged: its content does not have the SHA-256 it states", () -> Safetensors.read(file));
    }

    private Path foreign(String json, int dataBytes) throws IOException {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return Files.write(dir.resolve("foreign"), ByteBuffer.allocate(8 + text.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).array());
    }

    private void malformed(String json, int dataBytes, String sentence) throws IOException {
        Path file = foreign(json, dataBytes);
        assertSentence(file + ": " + sentence, () -> Safetensors.read(file, true));
    }

    private static String tensor(String name, String dtype, String shape, String offsets) {
        return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets
                + "}";
    }

    @Test
    void filesOfOtherToolsOnlyIfAskedFor() throws IOException {
        Path file = foreign("{" + tensor("x", "F32", "[2]", "[0,8]") + "}  ", 8);
        assertEquals(2, Safetensors.read(file, true).tensor("x").values().length);
        assertSentence(file + ": has no checksum elbo4j.sha256 in its metadata, so elbo4j did not write it,"
                + " expected a checkpoint of elbo4j", () -> Safetensors.read(file));
    }

    private Path foreign(String dtype, int bytes, long... elements) throws IOException {
        int size = bytes * elements.length;
        Path file = foreign("{" + tensor("x", dtype, "[" + elements.length + "]", "[0," + size + "]") + "}", size);
        byte[] all = Files.readAllBytes(file);
        ByteBuffer data = ByteBuffer.wrap(all, all.length - size, size).order(ByteOrder.LITTLE_ENDIAN);
        for (long element : elements) {
            if (bytes == 2) {
                data.putShort((short) element);
            } else {
                data.putLong(element);
            }
        }
        return Files.write(file, all);
    }

    /** The bits are those of IEEE 754 and of bfloat16: the upper half of a float32. */
    @Test
    void otherFloatingPointTypes() throws IOException {
        float[] halves = {1, -2, 65504, 0x1p-24f, -0f, Float.POSITIVE_INFINITY, 0.333251953125f};
        assertArrayEquals(halves, Safetensors.read(foreign("F16", 2, 0x3c00, 0xc000, 0x7bff, 1, 0x8000, 0x7c00, 0x3555),
                true).tensor("x").values());
        float[] brains = {1, -2, 0x1.fep127f, 0x1p-133f, Float.NEGATIVE_INFINITY, 0.333984375f};
        assertArrayEquals(brains, Safetensors.read(foreign("BF16", 2, 0x3f80, 0xc000, 0x7f7f, 1, 0xff80, 0x3eab), true)
                .tensor("x").values());
        double[] doubles = {1 / 3.0, -1e-300, Double.NEGATIVE_INFINITY, Double.NaN, Float.MAX_VALUE * (1 + 0x1p-26)};
        assertArrayEquals(new float[] {1 / 3f, -0f, Float.NEGATIVE_INFINITY, Float.NaN, Float.MAX_VALUE}, Safetensors
                .read(foreign("F64", 8, Arrays.stream(doubles).mapToLong(Double::doubleToRawLongBits).toArray()), true)
                .tensor("x").values());
        Path beyond = foreign("F64", 8, Double.doubleToRawLongBits(-1e39));
        assertSentence(beyond + ": tensor 'x': has the value -1.0E39, which is beyond float32", () -> Safetensors.read(
                beyond, true));
    }

    /** More than are read at a time. */
    @Test
    void manyHalves() throws IOException {
        long[] bits = new long[300_001];
        Arrays.setAll(bits, i -> 0x3c00 + i % 1024);
        float[] values = Safetensors.read(foreign("F16", 2, bits), true).tensor("x").values();
        for (int i = 0; i < bits.length; i++) {
            assertEquals(1 + i % 1024 / 1024f, values[i]);
        }
    }

    @Test
    void malformedHeaders() throws IOException {
        String notJson = "the header is not the JSON of a safetensors file (damaged?)";
        malformed("no json at all", 0, notJson);
        malformed("[]", 0, notJson);
        malformed("{\"x\":1}", 0, notJson);
        malformed("{\"x\":{}", 0, "tensor 'x': a field is missing, expected dtype, shape and two data_offsets");
        malformed("{" + tensor("x", "F32", "[2]", "[0,8]"), 8, notJson);
        malformed("{" + tensor("x", "F32", "[2]", "[0,8]") + "}{}", 8, notJson);
        malformed("{" + tensor("x", "F32", "[".repeat(50_000), ""), 8,
                "tensor 'x': a size or offset is no whole number of 1 to 18 digits");
        String x = tensor("x", "F32", "[2]", "[0,8]");
        malformed("{" + x + "," + x + "}", 8, "the header names 'x' twice, expected every name once");
        malformed("{\"__metadata__\":{\"a\":\"1\",\"a\":\"1\"}}", 0, "the metadata 'a' is there twice, expected once");
        malformed("{\"__metadata__\":{\"a\":1}}", 0, "the metadata 'a' is no string, expected one");
        for (String bad : List.of("F8_E4M3", "F8_E5M2FNUZ", "F6_E2M3", "F4", "BOOL", "f32", "")) {
            malformed("{" + tensor("x", bad, "[2]", "[0,4]") + "}", 4, "tensor 'x': has the dtype '" + bad
                    + "', expected one of [F64, F32, F16, BF16, I64, U64]");
        }
        malformed("{\"x\":{\"dtype\":\"F32\",\"more\":1}}", 0, "tensor 'x': the field 'more' is wrong or there twice,"
                + " expected dtype, shape and data_offsets");
        for (String bad : List.of("[-1]", "[1.0]", "[\"1\"]", "[1e3]", "[1000000000000000000]")) {
            malformed("{" + tensor("x", "F32", bad, "[0,4]") + "}", 4,
                    "tensor 'x': a size or offset is no whole number of 1 to 18 digits");
        }
    }

    @Test
    void malformedOffsets() throws IOException {
        malformed("{" + tensor("x", "F32", "[2]", "[0,4]") + "}", 4,
                "tensor 'x': the data offsets 0 to 4 disagree with the shape [2] of F32");
        malformed("{" + tensor("x", "F32", "[2]", "[8,0]") + "}", 8,
                "tensor 'x': the data offsets 8 to 0 disagree with the shape [2] of F32");
        malformed("{" + tensor("x", "BF16", "[2]", "[0,8]") + "}", 8,
                "tensor 'x': the data offsets 0 to 8 disagree with the shape [2] of BF16");
        malformed("{" + tensor("x", "I64", "[4294967296,4294967296]", "[0,0]") + "}", 0,
                "tensor 'x': the data offsets 0 to 0 disagree with the shape [4294967296, 4294967296] of I64");
        malformed("{" + tensor("x", "F32", "[1000000000]", "[0,4000000000]") + "}", 4,
                "holds 4 bytes of tensor data, expected 4000000000 as its header says (truncated?)");
        malformed("{" + tensor("x", "F32", "[2]", "[0,8]") + "," + tensor("y", "F32", "[2]", "[4,12]") + "}", 12,
                "tensor 'y': its data begins at byte 4, expected 8 (overlaps another tensor)");
        malformed("{" + tensor("x", "F32", "[2]", "[0,8]") + "," + tensor("y", "F32", "[1]", "[12,16]") + "}", 16,
                "tensor 'y': its data begins at byte 12, expected 8 (leaves a gap)");
        malformed("{" + tensor("x", "F32", "[2]", "[0,8]") + "}", 9,
                "holds 9 bytes of tensor data, expected 8 as its header says (trailing bytes)");
    }

    /** On the heap; a backend's memory holds more. */
    @Test
    void aTensorThatNoArrayHolds() throws IOException {
        Path file = foreign("{" + tensor("x", "F32", "[3000000000]", "[0,12000000000]") + "}", 0);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // a hole: no disk is taken
            channel.write(ByteBuffer.wrap(new byte[1]), channel.size() + 12_000_000_000L - 1);
        }
        assertSentence(file + ": tensor 'x': holds 3000000000 values, expected at most 2147483639",
                () -> Safetensors.read(file, true));
    }

    @Test
    void foreignNamesAreShortAndOnOneLine() throws IOException {
        String name = "x\\n".repeat(5000);
        Path file = foreign("{" + tensor(name, "F32", "[" + "1,".repeat(5000) + "1]", "[0,8]") + "}", 8);
        String message = assertThrows(CheckpointException.class, () -> Safetensors.read(file, true)).getMessage();
        assertTrue(message.length() < 600 && message.endsWith("' (10000 characters): the data offsets 0 to 8 disagree"
                + " with the shape [1, 1, 1, 1, 1, 1, 1, 1, ...] of F32"), message);
    }

    static Stream<Arguments> otherFormats() {
        return Stream.of(
                Arguments.of("GGUF\3\0\0\0\43\1\0\0\0\0\0\0", "a GGUF model"),
                Arguments.of("\u0080\2}q\0X\1\0\0\0aq\1", "a Python pickle"),
                Arguments.of("PK\3\4\0\0\b\b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\20\0\0\0archive/data.pkl",
                        "a file of PyTorch's torch.save"),
                Arguments.of("<!DOCTYPE html>\n<html>", "a web page"),
                Arguments.of("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a Git LFS pointer"),
                Arguments.of("\u0093NUMPY\1\0v\0{'descr': '<f4'", "a NumPy .npy file"),
                Arguments.of("\u001f\u008b\b\0\0\0\0\0\0\3", "a gzip file"));
    }

    @ParameterizedTest
    @MethodSource("otherFormats")
    void filesOfOtherFormatsAreNamed(String first, String kind) throws IOException {
        // long enough for a gzip file's first eight bytes to be the length of a header
        byte[] bytes = (first + " ".repeat(1_000_000)).getBytes(StandardCharsets.ISO_8859_1);
        for (int length : new int[] {first.length(), bytes.length}) {
            Path file = Files.write(dir.resolve("f"), Arrays.copyOf(bytes, length));
            for (boolean any : new boolean[] {false, true}) {
                String message = assertThrows(CheckpointException.class, () -> Safetensors.read(file, any))
                        .getMessage();
                assertTrue(message.startsWith(file + ": is " + kind), message);
                assertTrue(message.endsWith(", expected a checkpoint, which is a safetensors file"), message);
            }
        }
    }

    @Test
    void headerLengthBeyondTheFile() throws IOException {
        for (long length : new long[] {-1, Long.MAX_VALUE, 9, 1}) {
            Path file = Files.write(
                    dir.resolve("f"), ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
            assertSentence(file + ": announces a header of " + Long.toUnsignedString(length)
                    + " bytes, expected 2 to 8 (truncated, or no safetensors file?)", () -> Safetensors.read(file));
        }
        Path none = dir.resolve("none");
        assertSentence(none + ": no such file, expected a checkpoint", () -> Safetensors.read(none));
        assertSentence(dir + ": is a directory, expected a checkpoint file", () -> Safetensors.read(dir));
    }

    @Test
    void wrongContentIsRefusedBeforeTheOldFileIsTouched() throws IOException {
        Path file = write();
        byte[] before = Files.readAllBytes(file);
        assertSentence("two tensors have the same name, expected every name once: [step, step]",
                () -> Safetensors.write(file, Map.of(),
                        List.of(new StoredTensor("step", new long[] {0}, new float[0])), List.of(STEP)));
        assertSentence("the metadata key elbo4j.sha256 is reserved, expected another",
                () -> Safetensors.write(file, Map.of("elbo4j.sha256", "x"), List.of()));
        assertSentence("tensor 'x': 5 values given, expected as many as the shape [2, 3] holds",
                () -> new StoredTensor("x", new long[] {2, 3}, new float[5]));
        assertSentence("the tensor name '__metadata__' is reserved, expected another",
                () -> new StoredTensor("__metadata__", new long[] {0}, new float[0]));
        assertSentence("a tensor's name or the metadata holds half of a surrogate pair, expected Unicode",
                () -> Safetensors.write(file, Map.of("x", "\ud800"), List.of()));
        Path lost = dir.resolve("none/c");
        assertSentence("cannot write " + lost + ": the directory " + dir.resolve("none") + " does not exist",
                () -> Safetensors.write(lost, Map.of(), List.of()));
        assertArrayEquals(before, Files.readAllBytes(file));
        assertEquals(List.of("c.safetensors"), names(dir));
    }
}
