package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenTest {
    @TempDir
    Path dir;
    private final String golden = System.getProperty("elbo4j.golden");
    private final String write = System.getProperty("elbo4j.golden.write");

    @BeforeEach
    void file() throws IOException {
        System.setProperty("elbo4j.golden", dir.toString());
        Files.write(dir.resolve("x.txt"), List.of("# comment", "a of 1 11", "b 22"));
        writing(false);
    }

    @AfterEach
    void restore() {
        restore("elbo4j.golden", golden);
        restore("elbo4j.golden.write", write);
    }

    private static void restore(String name, String value) {
        if (value == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }

    private static void writing(boolean write) {
        System.setProperty("elbo4j.golden.write", Boolean.toString(write));
    }

    private static Golden found(String... keysAndDigests) {
        Golden golden = new Golden("x", "comment");
        for (int i = 0; i < keysAndDigests.length; i += 2) {
            golden.found(keysAndDigests[i], keysAndDigests[i + 1]);
        }
        return golden;
    }

    private String refused(String... keysAndDigests) {
        String sentence = assertThrows(AssertionError.class, found(keysAndDigests)::check).getMessage();
        assertTrue(sentence.startsWith("x.txt: "), sentence);
        return sentence;
    }

    @Test
    void theSameDigestsPass() throws IOException {
        found("a of 1", "11", "b", "22").check();
    }

    @Test
    void aChangedLineFailsAlsoWhereOneMayWrite() throws IOException {
        for (boolean write : new boolean[] {false, true}) {
            writing(write);
            String sentence = refused("a of 1", "12", "b", "22");
            assertTrue(sentence.contains("contract is broken") && sentence.endsWith("'a of 1' with SHA-256 12"),
                    sentence);
        }
        assertEquals(List.of("# comment", "a of 1 11", "b 22"), Files.readAllLines(dir.resolve("x.txt")));
    }

    @Test
    void aLineWithoutACaseFails() {
        writing(true);
        assertTrue(refused("a of 1", "11").contains("no case"));
    }

    @Test
    void aNewCaseFailsOrIsWrittenInItsPlace() throws IOException {
        assertTrue(refused("a of 1", "11", "c", "33", "b", "22").contains("are new"));
        writing(true);
        found("a of 1", "11", "c", "33", "b", "22").check();
        assertEquals(List.of("# comment", "a of 1 11", "c 33", "b 22"), Files.readAllLines(dir.resolve("x.txt")));
    }
}
