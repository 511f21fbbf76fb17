package io.elbo4j.languages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The answer of all languages, {@code tests/golden/languages.txt}: a digest that the Java caller has written. */
public final class Golden {
    private static final Path FILE = Path.of(System.getProperty("elbo4j.golden", "../golden"), "languages.txt");
    private static final String COMMENT = "# SHA-256 of what JavaTest of tests/languages computes, and every other"
            + " language: z, KL, the trained parameters\n";

    private Golden() {}

    /** Compares results in order, each element its 4 bytes, little-endian, with the golden ones. */
    public static void check(List<float[]> results) throws IOException {
        List<String> lines = Files.readAllLines(FILE);
        assertEquals(2, lines.size(), "-Delbo4j.golden.write=true adds the digest to a file without one");
        assertEquals(lines.get(1), sha256(results));
    }

    /** Adds the digest, where the file has none. */
    static void write(List<float[]> results) throws IOException {
        if (Files.readAllLines(FILE).size() == 1) {
            Files.writeString(FILE, COMMENT + sha256(results) + "\n");
        }
    }

    private static String sha256(List<float[]> results) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (float[] values : results) {
                ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                digest.update(bytes.array());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
