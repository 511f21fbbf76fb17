package io.elbo4j.control.environment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Children that do not do what they should, and callers that do not. */
class PipeFaultsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final boolean[] ALL = {true, true};
    private static final String MARKER = ", expected \"elbo\", which every answer begins with";
    private static final String PRINTS = MARKER + ": a child must not print to its standard output";
    private static int ofOneThatWasEnded;

    /** What a process that is ended by force leaves: 137 on Linux, another number elsewhere. */
    @BeforeAll
    static void endAProcess() throws IOException, InterruptedException {
        ofOneThatWasEnded = new ProcessBuilder(PipeChild.command("wrong", "silent")).start().destroyForcibly()
                .waitFor();
    }

    @Test
    void aChildThatDoesNotSpeakTheProtocolIsSaid() {
        wrong("says \"Hello, world\"" + PRINTS, "text");
        wrong("speaks version 1 of the protocol, expected 2", "version");
        wrong("has -3 for the rows, expected 1 to 268435456", "rows");
        wrong("has a space of kind 7 for the observations, expected 0, a box, or 1, discrete", "space");
        wrong("the observations are no box: low must be at most high, 1.0 in column 0, not 2.0", "box");
        wrong("has 536870912 numbers for the actions of all rows, expected at most 268435456", "many");
        wrong("has ended, status 1", "end");
        assertTrue(assertThrows(EnvironmentException.class, () -> PipeEnvironment.of("no-such-program-at-all"))
                .getMessage().startsWith("no-such-program-at-all: cannot be started: "));
    }

    private static void wrong(String message, String kind) {
        String found = assertThrows(EnvironmentException.class, () -> start(kind).close()).getMessage();
        assertTrue(found.endsWith(": " + message), found);
    }

    /** Nothing of a wrong answer is written, and the child is ended. */
    @Test
    void wrongNumbersAreSaid() {
        wrongStep("says NaN for an observation of copy 1, expected a finite number", "nan");
        wrongStep("says -Infinity for an observation of copy 1, expected a finite number", "infinite");
        wrongStep("says NaN for the reward of copy 1, expected a finite number", "reward");
        wrongStep("says 200 for whether copy 1 is terminated, expected 0 or 1", "terminated");
        wrongStep("says 2 for whether copy 1 is truncated, expected 0 or 1", "truncated");
    }

    @Test
    void whatIsPrintedIsNotTakenForNumbers() {
        wrongStep("says \"a line of text\\nand one that is for peopl\"" + PRINTS, "print");
        wrongReset("says \"a line of text\\nand one that is for peopl\"" + PRINTS, "reset-print");
        wrongReset("says the bytes 00 00 00 3f" + MARKER, "bytes");
    }

    private static void wrongStep(String message, String kind) {
        try (PipeEnvironment pipe = start(kind)) {
            StepResult result = new StepResult(new float[2], new float[] {7, 7}, new boolean[2], new boolean[2]);
            pipe.reset(ALL, result.observations());
            said(message, () -> pipe.step(new float[2], result));
            assertArrayEquals(new float[] {0.5f, 0.5f}, result.observations());
            assertArrayEquals(new float[] {7, 7}, result.rewards());
            said("does not read any more, status " + ofOneThatWasEnded, () -> pipe.step(new float[2], result));
        }
    }

    private static void wrongReset(String message, String kind) {
        try (PipeEnvironment pipe = start(kind)) {
            float[] observations = {7, 7};
            said(message, () -> pipe.reset(ALL, observations));
            assertArrayEquals(new float[] {7, 7}, observations);
        }
    }

    private static void said(String message, Runnable action) {
        String found = assertThrows(EnvironmentException.class, action::run).getMessage();
        assertTrue(found.endsWith(": " + message), found);
    }

    /** Only what counts is refused: the second copy has not begun anew. */
    @Test
    void aRowThatDoesNotCountMayBeAnything() {
        wrongReset("says NaN for an observation of copy 1, expected a finite number", "reset-nan");
        try (PipeEnvironment pipe = start("reset-nan")) {
            float[] observations = {7, 7};
            pipe.reset(new boolean[] {true, false}, observations);
            assertArrayEquals(new float[] {0.5f, 7}, observations);
        }
    }

    /** Gymnasium allows an episode that is both, and only warns of an observation outside of its box. */
    @Test
    void whatGymnasiumAllowsIsAllowed() {
        taken("both", result -> assertTrue(result.terminated()[1] && result.truncated()[1]
                && !result.terminated()[0] && !result.truncated()[0]));
        taken("outside", result -> assertArrayEquals(new float[] {0.5f, 7}, result.observations()));
    }

    private static void taken(String kind, Consumer<StepResult> check) {
        try (PipeEnvironment pipe = start(kind)) {
            StepResult result = StepResult.of(pipe);
            pipe.reset(ALL, result.observations());
            pipe.step(new float[2], result);
            assertArrayEquals(new float[] {1, 2}, result.rewards());
            check.accept(result);
        }
    }

    @Test
    void aChildThatIsLateIsEnded() {
        late(Duration.ofMillis(300), "0.3 s", limit -> PipeChild.start(limit, "wrong", "silent"));
        late(Duration.ofSeconds(3), "3.0 s", limit -> {
            PipeEnvironment pipe = PipeChild.start(limit, "wrong", "reset-late");
            pipe.reset(ALL, new float[2]);
        });
        late(Duration.ofSeconds(3), "3.0 s", limit -> {
            PipeEnvironment pipe = PipeChild.start(limit, "wrong", "late");
            StepResult result = StepResult.of(pipe);
            pipe.reset(ALL, result.observations());
            pipe.step(new float[2], result);
        });
    }

    /** A program that the child has started holds its output open, though the child has ended. */
    @Test
    void aLateChildsChildrenAreEndedToo() {
        late(Duration.ofSeconds(3), "3.0 s", limit -> PipeChild.start(limit, "wrong", "parent"));
    }

    private static void late(Duration limit, String said, Consumer<Duration> action) {
        List<ProcessHandle> before = ProcessHandle.current().children().toList();
        assertTimeoutPreemptively(MINUTE, () -> said("has not answered within the limit of " + said + ", and was ended",
                () -> action.accept(limit)));
        assertNoneBut(before);
    }

    /** It reads no more, does not end by itself and does not listen to being asked. */
    @Test
    void aDeafChildIsEnded() {
        List<ProcessHandle> before = ProcessHandle.current().children().toList();
        assertTimeoutPreemptively(MINUTE, () -> start("deaf").close());
        assertNoneBut(before);
    }

    private static void assertNoneBut(List<ProcessHandle> before) {
        for (ProcessHandle child : ProcessHandle.current().children().toList()) {
            if (!before.contains(child)) {
                child.onExit().orTimeout(10, TimeUnit.SECONDS).exceptionally(e -> null).join();
                assertFalse(child.isAlive());
            }
        }
    }

    /** What is refused has not been sent: the child answers the next step, as if nothing had been. */
    @Test
    void badArgumentsAreNamed() {
        refused("command must be a program and its arguments, not empty", PipeEnvironment::of);
        refused("command must be given, not null", () -> PipeEnvironment.of((String[]) null));
        refused("command[1] must be given, not null", () -> PipeEnvironment.of("java", null));
        refused("limit must be given, not null", () -> PipeEnvironment.of((Duration) null, "java"));
        refused("limit must be more than 0, not PT0S", () -> PipeEnvironment.of(Duration.ZERO, "java"));
        try (PipeEnvironment pipe = start("none")) {
            float[] two = new float[2];
            boolean[] flags = new boolean[2];
            StepResult result = StepResult.of(pipe);
            refused("which must be 2 elements, not 1", () -> pipe.reset(new boolean[1], two));
            refused("which must be given, not null", () -> pipe.reset(null, two));
            refused("observations must be 2 elements, not 3", () -> pipe.reset(ALL, new float[3]));
            refused("observations must be given, not null", () -> pipe.reset(ALL, null));
            pipe.reset(ALL, result.observations());
            refused("actions must be given, not null", () -> pipe.step(null, result));
            refused("actions must be 2 elements, not 3", () -> pipe.step(new float[3], result));
            refused("the action of copy 1 must be an integer from 0 to 2, not 3.0", () -> pipe.step(new float[] {0, 3},
                    result));
            refused("result must be given, not null", () -> pipe.step(two, null));
            refused("result.observations must be 2 elements, not 3", () -> pipe.step(two, new StepResult(new float[3],
                    two, flags, flags)));
            refused("result.rewards must be 2 elements, not 1", () -> pipe.step(two, new StepResult(two, new float[1],
                    flags, flags)));
            refused("result.terminated must be 2 elements, not 1", () -> pipe.step(two, new StepResult(two, two,
                    new boolean[1], flags)));
            refused("result.truncated must be 2 elements, not 1", () -> pipe.step(two, new StepResult(two, two, flags,
                    new boolean[1])));
            pipe.step(two, result);
            assertArrayEquals(new float[] {1, 2}, result.rewards());
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }

    private static PipeEnvironment start(String kind) {
        return PipeChild.start(MINUTE, "wrong", kind);
    }
}
