package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.data.NpyWriter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Runs commands in this process. */
final class Cli {
    /** What a command left: its exit code and what it printed. */
    record Result(int exitCode, String out, String err) {
        Result succeeds() {
            assertEquals(0, exitCode, err);
            return this;
        }

        JsonObject json() {
            assertEquals(1, out.lines().count(), () -> "expected one line with one JSON object: " + out);
            return JsonParser.parseString(out).getAsJsonObject();
        }

        /** Asserts a failure with one sentence that holds all of {@code parts}. */
        void fails(int code, String... parts) {
            assertEquals(code, exitCode, err);
            assertEquals("", out);
            assertEquals(1, err.lines().count(), () -> "expected one sentence: " + err);
            for (String part : parts) {
                assertTrue(err.contains(part), () -> "expected '" + part + "' in: " + err);
            }
            assertTrue(!err.contains("internal error"), err);
        }
    }

    static final int ROWS = 40;
    static final int COLUMNS = 30;

    private Cli() {}

    static Result run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code;
        try (PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            code = Main.run(new Console(o, e, false), args);
        }
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Trains a tiny model on {@code data} into {@code out}; five steps are an epoch. */
    static Result train(Path data, Path out, String... more) {
        List<String> args = new ArrayList<>(List.of("train", "--data", "npy=" + data, "--hidden", "8", "--latent", "2",
                "--batch", "8", "--backend", "java", "--threads", "1", "--seed", "5", "--evaluate-every", "1",
                "--out", out.toString()));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    /** {@link #ROWS} rows of values in [0, 1]: 36 to train, 4 to test. */
    static Path data(Path directory) {
        return data(directory, COLUMNS);
    }

    static Path data(Path directory, int columns) {
        Path file = directory.resolve("data-" + columns + ".npy");
        NpyWriter.write(file, ROWS, columns, values(ROWS * columns));
        return file;
    }

    /** Writes an array of unsigned bytes: the bits of {@code mask} of random ones. */
    static void bytes(Path file, int rows, int columns, int mask) throws IOException {
        String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + rows + ", " + columns + "), }";
        Random random = new Random(7);
        byte[] row = new byte[columns];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
            out.write(String.format("%-117s%n", header).getBytes(StandardCharsets.US_ASCII));
            for (int r = 0; r < rows; r++) {
                random.nextBytes(row);
                for (int c = 0; c < columns; c++) {
                    row[c] &= (byte) mask;
                }
                out.write(row);
            }
        }
    }

    /** IDX files of 12 images and labels, 0, 1, 2, 0, 1, 2, ..., for training and test each. */
    static Path digits(Path directory) throws IOException {
        Path data = Files.createDirectory(directory.resolve("digits"));
        for (String part : List.of("train", "t10k")) {
            ByteBuffer images = ByteBuffer.allocate(16 + 12 * 4).putInt(0x803).putInt(12).putInt(2).putInt(2);
            ByteBuffer labels = ByteBuffer.allocate(8 + 12).putInt(0x801).putInt(12);
            for (int r = 0; r < 12; r++) {
                labels.put((byte) (r % 3));
                images.put(new byte[] {(byte) (r * 20), (byte) (r % 3 * 100), (byte) part.length(), 0});
            }
            Files.write(data.resolve(part + "-images-idx3-ubyte"), images.array());
            Files.write(data.resolve(part + "-labels-idx1-ubyte"), labels.array());
        }
        return data;
    }

    static float[] values(int n) {
        Random random = new Random(7);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    /** The names in a directory, sorted. */
    static List<String> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(e -> e.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
