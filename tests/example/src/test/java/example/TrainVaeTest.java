package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TrainVaeTest {
    /** A file that is there where elbo4j was built with a native library; unknown to those who did not build it. */
    private static final String NATIVE = System.getProperty("elbo4j.native", "");

    private static TrainVae.Result best;

    @BeforeAll
    static void train() throws IOException {
        best = TrainVae.train("auto");
    }

    /** From about 1024 log 2 = 710 nats, a coin toss for each pixel, to less than half of it. */
    @Test
    void theLossFalls() {
        assertEquals(710, best.before(), 20);
        assertTrue(best.after() > 0 && best.after() < best.before() / 2, best::toString);
    }

    /** The native library comes with elbo4j-train, in a jar that no line of this project names. */
    @Test
    void runsNativeCodeWhereThereIsSome() {
        if (NATIVE.isEmpty() || Files.exists(Path.of(NATIVE))) {
            assertNotEquals("java", best.backend());
        } else {
            assertEquals("java", best.backend());
        }
    }

    @Test
    void javaEndsInTheSameModel() throws IOException {
        assertEquals(TrainVae.train("java").sha256(), best.sha256());
    }

    @Test
    void runsOnTheModulePath() {
        assertEquals("example", TrainVae.class.getModule().getName());
        assertEquals("io.elbo4j.core", io.elbo4j.Backends.class.getModule().getName());
    }
}
