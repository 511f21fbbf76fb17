package io.elbo4j.control.environment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A child process in Java, which plays the part of Gymnasium's. */
class PipeEnvironmentTest {
    /** The child: NAME ROWS SEED steps an environment of ours; "wrong" KIND does what none should. */
    static final class Child {
        private static final OutputStream OUT = System.out;

        public static void main(String[] args) throws IOException {
            if (args[0].equals("wrong")) {
                misbehave(args[1]);
                return;
            }
            Simulation batch = new Simulation(Environments.named(args[0]), Integer.parseInt(args[1]), Long.parseLong(
                    args[2]));
            int rows = batch.rows();
            StepResult result = StepResult.of(batch);
            hello(1, rows);
            space(batch.observations());
            space(batch.actions());
            OUT.flush();
            DataInputStream in = new DataInputStream(System.in);
            for (int kind = in.read(); kind >= 0; kind = in.read()) {
                if (kind == 'r') {
                    boolean[] which = new boolean[rows];
                    for (int r = 0; r < rows; r++) {
                        which[r] = in.readBoolean();
                    }
                    batch.reset(which, result.observations());
                    floats(result.observations());
                } else {
                    byte[] read = new byte[4 * rows * batch.actions().columns()];
                    in.readFully(read);
                    float[] actions = new float[read.length / 4];
                    ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(actions);
                    batch.step(actions, result);
                    floats(result.observations());
                    floats(result.rewards());
                    flags(result.terminated());
                    flags(result.truncated());
                }
                OUT.flush();
            }
        }

        private static void misbehave(String kind) throws IOException {
            switch (kind) {
                case "text" -> OUT.write("Hello, world".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                case "version" -> hello(2, 1);
                case "rows" -> hello(1, -3);
                case "space" -> {
                    hello(1, 1);
                    integers(7);
                }
                case "box" -> {
                    hello(1, 1);
                    integers(0, 1);
                    floats(2, 1);
                }
                default -> throw new EOFException(kind);
            }
            OUT.flush();
        }

        private static void hello(int version, int rows) throws IOException {
            OUT.write("elbo".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            integers(version, rows);
        }

        private static void space(Space space) throws IOException {
            if (space instanceof Space.Box box) {
                integers(0, box.columns());
                for (int i = 0; i < box.columns(); i++) {
                    floats(box.low(i));
                }
                for (int i = 0; i < box.columns(); i++) {
                    floats(box.high(i));
                }
            } else {
                integers(1, ((Space.Discrete) space).count());
            }
        }

        private static void integers(int... values) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asIntBuffer().put(values);
            OUT.write(bytes.array());
        }

        private static void floats(float... values) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            OUT.write(bytes.array());
        }

        private static void flags(boolean[] values) throws IOException {
            for (boolean value : values) {
                OUT.write(value ? 1 : 0);
            }
        }
    }

    private static PipeEnvironment child(String... arguments) {
        String[] command = {Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System
                .getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                + java.io.File.pathSeparator
                + System.getProperty("jdk.module.path", ""), Child.class.getName()};
        String[] all = Arrays.copyOf(command, command.length + arguments.length);
        System.arraycopy(arguments, 0, all, command.length, arguments.length);
        return PipeEnvironment.of(all);
    }

    /** What comes over the pipe is what the child has, to the bit. */
    @Test
    void aChildIsWhatItSteps() {
        for (String name : new String[] {"cart-pole", "pendulum", "grid-soft"}) {
            Environment environment = Environments.named(name);
            try (PipeEnvironment pipe = child(name, "3", "5")) {
                Simulation here = new Simulation(environment, 3, 5);
                assertEquals(3, pipe.rows());
                assertEquals(here.observations().toString(), pipe.observations().toString());
                assertEquals(here.actions().toString(), pipe.actions().toString());
                StepResult expected = StepResult.of(here);
                StepResult found = StepResult.of(pipe);
                boolean[] which = {true, true, true};
                int ended = 0;
                Draws draws = new Draws(9);
                for (int t = 0; t < 250; t++) {
                    here.reset(which, expected.observations());
                    pipe.reset(which, found.observations());
                    assertArrayEquals(expected.observations(), found.observations());
                    float[] actions = new float[3];
                    for (int r = 0; r < 3; r++) {
                        float[] one = new float[1];
                        here.actions().sample(draws.at(r, 0, t), one);
                        actions[r] = one[0];
                    }
                    here.step(actions, expected);
                    pipe.step(actions, found);
                    assertArrayEquals(expected.observations(), found.observations());
                    assertArrayEquals(expected.rewards(), found.rewards());
                    assertArrayEquals(expected.terminated(), found.terminated());
                    assertArrayEquals(expected.truncated(), found.truncated());
                    for (int r = 0; r < 3; r++) {
                        which[r] = found.terminated()[r] || found.truncated()[r];
                        ended += which[r] ? 1 : 0;
                    }
                }
                assertTrue(ended >= 3, name + ": " + ended);
                refused("actions must be 3 elements, not 2", () -> pipe.step(new float[2], found));
                refused("which must be 3 elements, not 1", () -> pipe.reset(new boolean[1], found.observations()));
            }
        }
    }

    @Test
    void anEpisodeThatHasEndedWaits() {
        try (PipeEnvironment pipe = child("fork", "1", "5")) {
            StepResult result = StepResult.of(pipe);
            String expected = "copy 0 must be within an episode: reset it first, not one whose episode has ended";
            refused(expected, () -> pipe.step(new float[1], result));
            pipe.reset(new boolean[] {true}, result.observations());
            do {
                pipe.step(new float[1], result);
            } while (!result.terminated()[0]);
            refused(expected, () -> pipe.step(new float[1], result));
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }

    @Test
    void aChildThatDoesNotSpeakTheProtocolIsSaid() {
        wrong("its output does not begin with \"elbo\", expected a child of the protocol", "wrong", "text");
        wrong("speaks version 2 of the protocol, expected 1", "wrong", "version");
        wrong("has -3 for the rows, expected 1 to 268435456", "wrong", "rows");
        wrong("has a space of kind 7 for the observations, expected 0, a box, or 1, discrete", "wrong", "space");
        wrong("the observations are no box: low must be at most high, 1.0 in column 0, not 2.0", "wrong", "box");
        wrong("has ended, status 1", "wrong", "end");
        assertTrue(assertThrows(EnvironmentException.class, () -> PipeEnvironment.of("no-such-program-at-all"))
                .getMessage().startsWith("no-such-program-at-all: cannot be started: "));
        refused("command must be a program and its arguments, not empty", PipeEnvironment::of);
    }

    private static void wrong(String message, String... arguments) {
        String found = assertThrows(EnvironmentException.class, () -> child(arguments).close()).getMessage();
        assertTrue(found.endsWith(": " + message), found);
    }
}
