package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static io.elbo4j.train.data.Sentences.names;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyTest {
    @TempDir
    Path dir;

    private Path file(int version, String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer bytes = ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) version).put((byte) 0);
        if (version == 1) {
            bytes.putShort((short) text.length);
        } else {
            bytes.putInt(text.length);
        }
        bytes.put(text).put(data);
        return Files.write(dir.resolve("f.npy"), Arrays.copyOf(bytes.array(), bytes.position()));
    }

    private static String header(String descr, boolean fortran, String shape) {
        return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape
                + ", }   \n";
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static ByteBuffer buffer(int size, ByteOrder order) {
        return ByteBuffer.allocate(size).order(order);
    }

    @Test
    void everyElementTypeAndVersion() throws IOException {
        float[] expected = {0.5f, -2};
        for (int version = 1; version <= 3; version++) {
            for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
                String sign = order == ByteOrder.LITTLE_ENDIAN ? "<" : ">";
                check(expected, file(version, header(sign + "f4", false, "(2, 1)"),
                        buffer(8, order).putFloat(0.5f).putFloat(-2).array()));
                check(expected, file(version, header(sign + "f8", false, "(2, 1)"),
                        buffer(16, order).putDouble(0.5).putDouble(-2).array()));
                check(expected, file(version, header(sign + "f2", false, "(2, 1)"),
                        buffer(4, order).putShort((short) 0x3800).putShort((short) 0xc000).array()));
            }
            check(new float[] {1, 51 / 255f}, file(version, header("|u1", false, "(2, 1)"), bytes(255, 51)));
            check(new float[] {0, 1}, file(version, header("|b1", false, "(2, 1)"), bytes(0, 1)));
        }
    }

    private static void check(float[] expected, Path file) {
        Images images = NpyReader.read(file);
        assertEquals(2, images.rows());
        assertEquals(1, images.columns());
        assertArrayEquals(expected, images.copyRows(0, 2));
    }

    @Test
    void halfPrecisionFollowsItsDefinition() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> 10 & 31;
            int fraction = bits & 1023;
            double magnitude = exponent == 0 ? StrictMath.scalb((double) fraction, -24)
                    : exponent < 31 ? StrictMath.scalb(1024.0 + fraction, exponent - 25)
                    : fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            float expected = (float) (bits >= 0x8000 ? -magnitude : magnitude);
            assertEquals(expected, NpyElement.halfToFloat((short) bits), Integer.toHexString(bits));
        }
    }

    @Test
    void fortranOrderIsTurned() throws IOException {
        int n = 3;
        int h = 2;
        int w = 4;
        int c = 3;
        ByteBuffer data = buffer(4 * n * h * w * c, ByteOrder.LITTLE_ENDIAN);
        for (int k = 0; k < c; k++) {
            for (int x = 0; x < w; x++) {
                for (int y = 0; y < h; y++) {
                    for (int i = 0; i < n; i++) {
                        data.putFloat(1000 * i + 100 * y + 10 * x + k);
                    }
                }
            }
        }
        Images images = NpyReader.read(file(1, header("<f4", true, "(3, 2, 4, 3)"), data.array()));
        assertEquals(h, images.height());
        assertEquals(w, images.width());
        assertEquals(c, images.channels());
        for (int i = 0; i < n; i++) {
            for (int column = 0; column < images.columns(); column++) {
                assertEquals(
                        1000 * i + 100 * (column / 12) + 10 * (column / 3 % 4) + column % 3, images.value(i, column));
            }
        }
    }

    @Test
    void channelsThatComeFirstComeToBeLast() throws IOException {
        int n = 2;
        int c = 3;
        int h = 4;
        int w = 5;
        for (boolean fortran : new boolean[] {false, true}) {
            ByteBuffer data = buffer(4 * n * c * h * w, ByteOrder.LITTLE_ENDIAN);
            for (int k = 0; k < n * c * h * w; k++) {
                int[] at = fortran ? new int[] {k % n, k / n % c, k / n / c % h, k / n / c / h}
                        : new int[] {k / w / h / c, k / w / h % c, k / w % h, k % w};
                data.putFloat(1000 * at[0] + 100 * at[1] + 10 * at[2] + at[3]);
            }
            Path file = file(1, header("<f4", fortran, "(2, 3, 4, 5)"), data.array());
            Images images = NpyReader.read(file);
            assertEquals(List.of(h, w, c), List.of(images.height(), images.width(), images.channels()));
            for (int i = 0; i < n; i++) {
                for (int column = 0; column < images.columns(); column++) {
                    assertEquals(1000 * i + 100 * (column % c) + 10 * (column / c / w) + column / c % w, images.value(i,
                            column));
                }
            }
            assertEquals(List.of(file + ": has its channels first, [2, 3, 4, 5]; here they come last, as in 4 x 5 x 3"),
                    DataSource.parse("npy=" + file).notes());
            Sentences.assertSentence(file + (fortran ? ": is in Fortran order, where the values of a row lie apart,"
                    + " expected C order of a file that is streamed: numpy.save(FILE, numpy.ascontiguousarray(x))"
                    + " writes it" : ": has its channels first, expected (N,H,W,C) of a file that is streamed:"
                            + " numpy.save(FILE, numpy.ascontiguousarray(numpy.transpose(x, (0, 2, 3, 1)))) writes it"),
                    () -> NpyReader.stream(file));
        }
        Images grey = NpyReader.read(file(1, header("|u1", false, "(1, 1, 5, 6)"), new byte[30]));
        assertEquals(List.of(5, 6, 1), List.of(grey.height(), grey.width(), grey.channels()));
    }

    @Test
    void shapesAndSpellings() throws IOException {
        Images images = NpyReader.read(file(1, header("|u1", false, "(1, 2, 3)"), new byte[6]));
        assertEquals(2, images.height());
        assertEquals(3, images.width());
        NpyReader.read(file(1, "{\"shape\":(1,2),'fortran_order':False,'descr':'|u1'}", new byte[2]));
        String[][] wrong = {{"()", "[]", ""}, {"(1, 1, 1, 1, 6)", "[1, 1, 1, 1, 6]", ""},
                {"(3, 1, 1, 2)", "[3, 1, 1, 2]", ""}, {"(" + "1, ".repeat(40) + ")", "of 40 axes", ""},
                {"(6,)", "[6]", "; one axis holds labels, or images that numpy.reshape can give their shape again"},
                {"(1, 1, 2, 4)", "[1, 1, 2, 4]", "; x[..., :3] leaves out a fourth channel, alpha"},
                {"(9, 2, 28, 28)", "[9, 2, 28, 28]", "; the channels seem to be the second axis: numpy.transpose(x,"
                        + " (0, 2, 3, 1)) puts them last"}};
        for (String[] shape : wrong) {
            malformed(header("|u1", false, shape[0]), new byte[6], ": has the shape " + shape[1]
                    + ", expected (N,D), (N,H,W), (N,H,W,C) or (N,C,H,W) with C = 1 or 3" + shape[2]);
        }
    }

    /** numpy.load of 2.4 reads all of these but np.int64(2), which its open_memmap writes. */
    @Test
    void headersThatNumPyReads() throws IOException {
        float[] expected = {0.5f, -2};
        byte[] data = buffer(8, ByteOrder.LITTLE_ENDIAN).putFloat(0.5f).putFloat(-2).array();
        for (String header : List.of("{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 1L), }",
                "{'shape': (2, 1L), 'fortran_order': False, 'descr': '<f4'}",
                "\t{ 'fortran_order' :\tFalse,\r\n'descr':\f\"<f4\" , 'shape':( 2 , 1, ) , }\n\n",
                "{u'descr': u'<f4', u'fortran_order': False, u'shape': (2, 1), }",
                "{'descr': '=f4', 'fortran_order': (False), 'shape': ((2), 1), }",
                "{'descr': 'f4', 'fortran_order': False, 'shape': (2, 1), }",
                "{'descr': 'float32', 'fortran_order': False, 'shape': (2, 1), }",
                "{'descr': '<f', 'fortran_order': False, 'shape': (np.int64(2), 1), }",
                "{'descr': '|f4', 'fortran_order': np.False_, 'shape': (np.uint32(2), np.int64(1)), }")) {
            check(expected, file(1, header, data));
        }
        for (String type : List.of("<u1", ">u1", "=u1", "u1", "uint8", "B", "|B")) {
            check(new float[] {1, 51 / 255f}, file(2, header(type, false, "(2, 1)"), bytes(255, 51)));
        }
        for (String type : List.of("?", "bool", "<b1", "b1")) {
            check(new float[] {0, 1}, file(3, header(type, false, "(2, 1)"), bytes(0, 1)));
        }
        for (String type : List.of(">i2", ">h", ">int16")) {
            check(new float[] {-32768, 300}, file(1, header(type, false, "(2, 1)"),
                    buffer(4, ByteOrder.BIG_ENDIAN).putShort((short) -32768).putShort((short) 300).array()));
        }
    }

    @Test
    void elementsThatAreNoNumbersAreNamed() throws IOException {
        String[][] types = {{"|O", " (Python objects; x.astype('float32') turns numbers among them into such)"},
                {"<c16", " (complex numbers)"}, {"<U12", " (texts)"}, {"|S3", " (texts)"}, {"<M8[ns]", " (dates)"},
                {"<m8[s]", " (spans of time)"}, {"<f16", " (long doubles; x.astype('float64') shortens them)"},
                {"<V2", " (of a type that NumPy itself has not, as bfloat16; x.astype('float32') gives one it has)"},
                {"int", ""}, {"", ""}, {"<", ""}, {"f3", ""}};
        for (String[] type : types) {
            malformed(header(type[0], false, "(2, 1)"), new byte[32], ": has elements of type '" + type[0] + "'"
                    + type[1] + ", expected floating-point numbers ('<f2', '<f4', '<f8'), integers ('|u1' to '<u8',"
                    + " '|i1' to '<i8') or '|b1'");
        }
        String structured = " (a structured dtype), expected plain numbers: save one field alone, numpy.save(FILE,"
                + " x['FIELD'])";
        String header = header("|u1", false, "(2, 1)");
        malformed(header.replace("'|u1'", "[('x', '<f4'), ('y', '|u1', (3,))]"), new byte[32],
                ": has elements with the fields 'x', 'y'" + structured);
        malformed(header.replace("'|u1'", "[(('Title', 'a'), '<f4')" + ", ('b', [('c', '<i8')])".repeat(6) + "]"),
                new byte[32],
                ": has elements with the fields '[Title, a]', 'b', 'b', 'b', 'b' and 2 more" + structured);
    }

    @Test
    void filesOfOtherFormatsAreNamed() throws IOException {
        ByteArrayOutputStream npz = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(npz)) {
            zip.putNextEntry(new ZipEntry("x.npy"));
        }
        Object[][] files = {
                {npz.toByteArray(),
                        "a NumPy .npz archive (numpy.load gives its arrays, numpy.save writes one as .npy)"},
                {bytes(0x80, 4, 0x95), "a Python pickle (older files of PyTorch are such as well)"},
                {"GGUF\3".getBytes(StandardCharsets.US_ASCII), "a GGUF model"},
                {"version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.US_ASCII),
                        "a Git LFS pointer ('git lfs pull' fetches the file itself)"},
                {"1,2\n3,4\n".getBytes(StandardCharsets.US_ASCII), "text that begins with '1,2'"},
                {bytes(0, 0, 8, 1, 0, 0, 0, 1, 7), "an IDX file of labels"}};
        for (Object[] file : files) {
            Path path = Files.write(dir.resolve("x.npy"), (byte[]) file[0]);
            assertSentence(path + ": is " + file[1] + ", expected a NumPy .npy file", () -> NpyReader.read(path));
        }
    }

    @Test
    void malformedHeaders() throws IOException {
        String good = header("|u1", false, "(2, 3)");
        for (String type : List.of("<i3", "u16", "x")) {
            malformed(good.replace("|u1", type), new byte[48], ": has elements of type '" + type + "', expected"
                    + " floating-point numbers ('<f2', '<f4', '<f8'), integers ('|u1' to '<u8', '|i1' to '<i8')"
                    + " or '|b1'");
        }
        malformed(good, new byte[5], ": holds 5 bytes of data, expected 6 for the shape [2, 3] of |u1 (truncated?)");
        malformed(
                good, new byte[7], ": holds 7 bytes of data, expected 6 for the shape [2, 3] of |u1 (trailing bytes)");
        malformed(good.replace("(2", "(0"), new byte[0],
                ": holds 0 images of 1 x 3 with 1 channels, expected at least 1 of each");
        malformed(good.replace("(2", "(999999999999999999"), new byte[6],
                ": 999999999999999999 images of 1 x 3 with 1 channels"
                        + " are more than the 2147483639 values one data set can hold: split the data or make the"
                        + " images smaller; or leave the values in the file: --stream, NpyReader.stream");
        broken("", 0, "a value of Python");
        broken(good.replace("(2", "(-2"), 51, "a value of Python");
        broken(good.replace("(2", "(2l"), 52, "')'");
        broken(good.replace("(2", "(0x2"), 52, "')'");
        broken(good.replace("(2", "(1000000000000000000"), 51, "a whole number of at most 18 digits");
        broken(good.replace("'|u1'", "'|\\x751'"), 10, "a quoted word");
        broken(good.replace("'shape'", "'descr'"), 56, "no second 'descr'");
        broken(good.replace("'shape'", "(1, 2)"), 41, "a quoted key");
        broken(good.trim() + " x", 60, "nothing after the closing brace");
        broken("{'descr': '|u1'", 15, "'}'");
        broken("__import__('os')", 0, "a value of Python");
        broken(good.replace("(2", "(os.system(2)"), 51, "a value of Python");
        broken("(".repeat(9000), 17, "values in at most 16 brackets");
        broken("{'descr': " + "np.int64(".repeat(900), 154, "values in at most 16 brackets");
        String keys = ", expected descr, fortran_order and shape";
        malformed("[]", new byte[0], ": the .npy header is not a dictionary, expected one with the keys descr,"
                + " fortran_order and shape");
        malformed("{'descr': '|u1'}", new byte[0], ": the .npy header has the keys '[descr]'" + keys);
        malformed(good.replace("'shape'", "'form'"), new byte[6],
                ": the .npy header has the keys '[descr, fortran_order, form]'" + keys);
        malformed(good.replace("False", "0"), new byte[6],
                ": the .npy header gives fortran_order as '0', expected True or False");
        malformed(good.replace("(2, 3)", "6"), new byte[6],
                ": the .npy header gives shape as '6', expected a tuple of whole numbers");
        malformed(good.replace("(2, 3)", "(2, '3\u001b[2J')"), new byte[6],
                ": the .npy header gives shape as '[2, 3\\x1B[2J]', expected a tuple of whole numbers");
        malformed(good.replace("'|u1'", "('<f4', (3,))"), new byte[6],
                ": the .npy header gives descr as '[<f4, [3]]', expected a quoted word such as '<f4'");
    }

    private void broken(String header, int at, String expected) throws IOException {
        malformed(header, new byte[6], ": the .npy header is malformed at character " + at + ", expected " + expected);
    }

    private void malformed(String header, byte[] data, String sentence) throws IOException {
        Path file = file(1, header, data);
        assertSentence(file + sentence, () -> NpyReader.read(file));
    }

    @Test
    void malformedFiles() throws IOException {
        Path none = dir.resolve("none.npy");
        assertSentence(none + ": no such file, expected a NumPy .npy file", () -> NpyReader.read(none));
        assertSentence(dir + ": is a directory, expected a NumPy .npy file", () -> NpyReader.read(dir));
        byte[] good = Files.readAllBytes(file(1, header("|u1", false, "(2, 3)"), new byte[6]));
        for (int length = 0; length < good.length - 6; length++) {
            Path file = Files.write(dir.resolve("cut.npy"), Arrays.copyOf(good, length));
            assertSentence(file + ": ends inside its header, expected a whole .npy file (truncated?)",
                    () -> NpyReader.read(file));
        }
        good[6] = 4;
        Path version = Files.write(dir.resolve("v.npy"), good);
        assertSentence(version + ": is of .npy version 4.0, expected 1.0, 2.0 or 3.0", () -> NpyReader.read(version));
        good[0] = 1;
        Path magic = Files.write(dir.resolve("m.npy"), good);
        assertSentence(
                magic + ": does not start with \\x93NUMPY, expected a NumPy .npy file", () -> NpyReader.read(magic));
        Path huge = file(2, " ".repeat(10_001), new byte[0]);
        assertSentence(
                huge + ": announces a header of 10001 bytes, expected at most 10000", () -> NpyReader.read(huge));
    }

    @Test
    void nonFiniteValuesAreNamed() throws IOException {
        Path file = file(1, header("<f8", false, "(2, 1)"),
                buffer(16, ByteOrder.LITTLE_ENDIAN).putDouble(0).putDouble(1e300).array());
        assertSentence(
                file + ": the value at row 1, column 0 (counted from 0) is 1.0E300, expected one of at most"
                        + " 3.4028235E38, as float32 holds",
                () -> NpyReader.read(file));
        Path infinite = file(1, header("<f8", false, "(2, 1)"),
                buffer(16, ByteOrder.LITTLE_ENDIAN).putDouble(0).putDouble(Double.NEGATIVE_INFINITY).array());
        assertSentence(infinite + ": the value at row 1, column 0 (counted from 0) is -Infinity, expected a finite"
                + " float32 number", () -> NpyReader.read(infinite));
    }

    @Test
    void integers() throws IOException {
        check(new float[] {-128, 127}, file(1, header("|i1", false, "(2, 1)"), bytes(-128, 127)));
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            String sign = order == ByteOrder.LITTLE_ENDIAN ? "<" : ">";
            check(new float[] {-32768, 300}, file(1, header(sign + "i2", false, "(2, 1)"),
                    buffer(4, order).putShort((short) -32768).putShort((short) 300).array()));
            check(new float[] {65535, 300}, file(1, header(sign + "u2", false, "(2, 1)"),
                    buffer(4, order).putShort((short) -1).putShort((short) 300).array()));
            for (String type : List.of("i4", "u4")) {
                check(new float[] {0, 1 << 24}, file(1, header(sign + type, false, "(2, 1)"),
                        buffer(8, order).putInt(0).putInt(1 << 24).array()));
            }
            for (String type : List.of("i8", "u8")) {
                check(new float[] {0, 1 << 24}, file(1, header(sign + type, false, "(2, 1)"),
                        buffer(16, order).putLong(0).putLong(1 << 24).array()));
            }
        }
        tooLarge("<i4", buffer(8, ByteOrder.LITTLE_ENDIAN).putInt(0).putInt((1 << 24) + 1), "16777217");
        tooLarge("<i4", buffer(8, ByteOrder.LITTLE_ENDIAN).putInt(0).putInt(Integer.MIN_VALUE), "-2147483648");
        tooLarge("<u4", buffer(8, ByteOrder.LITTLE_ENDIAN).putInt(0).putInt(-1), "4294967295");
        tooLarge("<i8", buffer(16, ByteOrder.LITTLE_ENDIAN).putLong(0).putLong(1L << 40), "1099511627776");
        tooLarge("<u8", buffer(16, ByteOrder.LITTLE_ENDIAN).putLong(0).putLong(1L << 63), "9223372036854775808");
    }

    private void tooLarge(String type, ByteBuffer data, String value) throws IOException {
        Path file = file(1, header(type, true, "(1, 2)"), data.array());
        assertSentence(file + ": the value at row 0, column 1 (counted from 0) is " + value + ", expected an integer"
                + " from -2^24 to 2^24, which float32 holds exactly", () -> NpyReader.read(file));
    }

    @Test
    void writtenFilesAreReadBack() throws IOException {
        float[] values = new float[70_001 * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(i * 9973 & 0x7effffff);
        }
        values[0] = -0f;
        Path file = dir.resolve("w.npy");
        NpyWriter.write(file, 70_001, 3, values);
        assertEquals(128 + 4L * values.length, Files.size(file));
        Images images = NpyReader.read(file);
        assertEquals(3, images.columns());
        assertArrayEquals(values, images.copyRows(0, 70_001));
        assertEquals(List.of("w.npy"), names(dir));
        String head = new String(Files.readAllBytes(file), 10, 118, StandardCharsets.US_ASCII);
        assertTrue(head.startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (70001, 3), }  "), head);
        assertTrue(head.endsWith(" \n"));
    }

    @Test
    void writerRefusesBeforeItTouchesAnything() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> NpyWriter.write(dir.resolve("x.npy"), 2, 3, new float[5]));
        assertThrows(IllegalArgumentException.class, () -> NpyWriter.write(dir.resolve("x.npy"), new float[6], 2, 3,
                2));
        assertThrows(IllegalArgumentException.class, () -> NpyWriter.write(dir.resolve("x.npy"), new float[6], -2, -3));
        Path lost = dir.resolve("none/x.npy");
        assertSentence("cannot write " + lost + ": the directory " + dir.resolve("none") + " does not exist",
                () -> NpyWriter.write(lost, 1, 1, new float[1]));
        assertEquals(List.of(), names(dir));
    }

    private Path sequences(boolean fortran, float... values) throws IOException {
        ByteBuffer data = buffer(4 * values.length, ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return file(1, header("<f4", fortran, "(2, 3, 2)"), data.array());
    }

    @Test
    void sequencesEndWhereAllIsNan() throws IOException {
        float nan = Float.NaN;
        float[] c = {1, 2, 3, 4, nan, nan, 5, 6, 7, 8, 9, 10};
        float[] fortran = {1, 5, 3, 7, nan, 9, 2, 6, 4, 8, nan, 10};
        for (Path file : List.of(sequences(false, c), sequences(true, fortran))) {
            Images read = NpyReader.sequences(file, ReadProgress.NONE);
            assertArrayEquals(new float[] {1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 9, 10}, read.copyRows(0, 2));
            assertArrayEquals(new float[] {1, 1, 0, 1, 1, 1}, read.array(Images.MASK).copyRows(0, 2));
            assertEquals(List.of(3, 2, 1), List.of(read.height(), read.width(), read.channels()));
            assertSentence(file + ": the value at row 0, column 4 (counted from 0) is NaN, expected a finite float32"
                    + " number; an array (N, T, D) with NaN past the ends is of sequences of several lengths, which a"
                    + " model of sequences takes, as deep-markov-model", () -> NpyReader.read(file));
        }
        assertArrayEquals(new float[] {51 / 255f, 1}, NpyReader.sequences(file(1, header("|u1", false, "(2, 1)"), bytes(
                51, 255)), ReadProgress.NONE).copyRows(0, 2));
    }

    @Test
    void aSequenceWithAHoleIsRefused() throws IOException {
        float nan = Float.NaN;
        String rest = " (counted from 0) is NaN, expected a number: NaN are all values past a sequence's end, and no"
                + " others";
        // half a step, a step before others, no step at all
        Path half = sequences(false, 1, 2, 3, 4, 5, nan, 1, 2, 3, 4, 5, 6);
        assertSentence(half + ": the value at row 0, column 5" + rest, () -> NpyReader.sequences(half,
                ReadProgress.NONE));
        Path before = sequences(false, 1, 2, 3, 4, 5, 6, 1, 2, nan, nan, 5, 6);
        assertSentence(before + ": the value at row 1, column 2" + rest, () -> NpyReader.sequences(before,
                ReadProgress.NONE));
        Path none = sequences(false, nan, nan, nan, nan, nan, nan, 1, 2, 3, 4, 5, 6);
        assertSentence(none + ": row 0 (counted from 0) is NaN in every step, expected a sequence of at least 1 step",
                () -> NpyReader.sequences(none, ReadProgress.NONE));
        Path infinite = sequences(false, 1, 2, Float.POSITIVE_INFINITY, 4, nan, nan, 1, 2, 3, 4, 5, 6);
        assertSentence(infinite + ": the value at row 0, column 2 (counted from 0) is Infinity, expected a finite"
                + " float32 number", () -> NpyReader.sequences(infinite, ReadProgress.NONE));
    }
}
