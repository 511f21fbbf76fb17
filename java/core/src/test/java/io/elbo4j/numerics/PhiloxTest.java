package io.elbo4j.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PhiloxTest {
    /** The folder of plain-text known answers that every language reads. */
    private static final Path GOLDEN = Path.of(System.getProperty("elbo4j.golden", "../../tests/golden"));

    @Test
    void givesTheKnownAnswers() throws IOException {
        int vectors = 0;
        for (String line : Files.readAllLines(GOLDEN.resolve("philox-known-answers.txt"))) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] sides = line.split("->");
            int[] in = words(sides[0]);
            int[] out = new int[4];
            Philox.block(in[0], in[1], in[2], in[3], in[4], in[5], out, 0);
            assertArrayEquals(words(sides[1]), out, line);
            vectors++;
        }
        assertEquals(3, vectors);
    }

    @Test
    void numbersNoiseBySeedDrawRowAndColumn() {
        int[] expected = new int[4];
        int[] actual = {7, 7, 7, 7, 7, 7};
        Philox.block(0x13198a2e, 0x85a308d3, 0x03707344, 0x243f6a88, 0xa4093822, 0x299f31d0, expected, 0);
        Philox.block(0x299f31d0a4093822L, 0x243f6a8803707344L, 0x85a308d3, 0x13198a2e, actual, 1);
        assertArrayEquals(new int[] {7, expected[0], expected[1], expected[2], expected[3], 7}, actual);
    }

    private static int[] words(String hexadecimal) {
        String[] parts = hexadecimal.trim().split("\\s+");
        int[] words = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            words[i] = Integer.parseUnsignedInt(parts[i], 16);
        }
        return words;
    }
}
