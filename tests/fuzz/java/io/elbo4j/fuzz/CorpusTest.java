package io.elbo4j.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Replays what fuzzing left, and the cases of bug reports; what may grow more by design is in the README. */
class CorpusTest {
    private static final Path CORPUS = Path.of("tests", "fuzz", "corpus");
    /** For what never ends; an end after more than 5 seconds is noticed by Fuzz. */
    private static final Duration HANGS = Duration.ofSeconds(60);

    @TempDir
    static Path dir;

    @TestFactory
    Stream<DynamicNode> everyInputIsReadOrRefusedInOneSentence() {
        return Arrays.stream(Target.values()).map(target -> dynamicContainer(target.label(), tests(target)));
    }

    private static Stream<DynamicNode> tests(Target target) {
        List<Path> inputs = inputs(target);
        assertFalse(inputs.isEmpty(), "no inputs for " + target);
        return inputs.stream().map(input -> dynamicTest(input.getFileName().toString(), input.toUri(), () -> {
            byte[] bytes = Files.readAllBytes(input);
            Path folder = Files.createDirectories(dir.resolve(target.label()));
            assertTimeoutPreemptively(HANGS, () -> Fuzz.check(target, bytes, folder));
        }));
    }

    private static List<Path> inputs(Target target) {
        try (Stream<Path> files = Files.list(CORPUS.resolve(target.label()))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
