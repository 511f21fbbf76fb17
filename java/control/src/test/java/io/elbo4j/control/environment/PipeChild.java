package io.elbo4j.control.environment;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/** The child: NAME ROWS SEED steps an environment of ours; "wrong" KIND does what none should. */
final class PipeChild {
    private PipeChild() {}

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
        hello(2, rows);
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
                marker();
                floats(result.observations());
            } else {
                byte[] read = new byte[4 * rows * batch.actions().columns()];
                in.readFully(read);
                float[] actions = new float[read.length / 4];
                ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(actions);
                batch.step(actions, result);
                marker();
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
            case "text" -> text("Hello, world");
            case "version" -> hello(1, 1);
            case "rows" -> hello(2, -3);
            case "space" -> {
                hello(2, 1);
                integers(7);
            }
            case "box" -> {
                hello(2, 1);
                integers(0, 1);
                floats(2, 1);
            }
            case "many" -> {
                hello(2, 1 << 20);
                integers(1, 2, 0, 1 << 9);
                floats(new float[2 << 9]);
            }
            case "silent" -> await();
            case "parent" -> new ProcessBuilder(command("wrong", "silent")).inheritIO().start().onExit().join();
            case "end" -> throw new EOFException(kind);
            default -> step(kind);
        }
        OUT.flush();
    }

    /** Two copies, of which the second is wrong: in a step, or at the beginning of an episode ("reset-..."). */
    private static void step(String kind) throws IOException {
        if (kind.equals("deaf")) {
            Runtime.getRuntime().addShutdownHook(new Thread(PipeChild::await)); // no SIGTERM ends it
        }
        hello(2, 2);
        space(Space.Box.of(1, -1, 1));
        space(new Space.Discrete(3));
        OUT.flush();
        for (int asked = System.in.read(); asked >= 0; asked = System.in.read()) {
            System.in.readNBytes(asked == 'r' ? 2 : 8);
            if (kind.equals(asked == 'r' ? "reset-late" : "late")) {
                await();
            }
            if (kind.equals(asked == 'r' ? "reset-print" : "print")) {
                text("a line of text\nand one that is for people alone\n");
            }
            if (kind.equals("bytes")) {
                floats(0.5f);
            }
            marker();
            boolean wrong = asked == 's' || kind.startsWith("reset");
            floats(0.5f, !wrong ? 0.5f : switch (kind) {
                case "nan", "reset-nan" -> Float.NaN;
                case "infinite" -> Float.NEGATIVE_INFINITY;
                case "outside" -> 7;
                default -> 0.5f;
            });
            if (asked == 's') {
                floats(1, kind.equals("reward") ? Float.NaN : 2);
                byte both = (byte) (kind.equals("both") ? 1 : 0);
                OUT.write(new byte[] {0, kind.equals("terminated") ? (byte) 200 : both, 0, kind.equals("truncated")
                        ? 2
                        : both});
            }
            OUT.flush();
        }
        if (kind.equals("deaf")) {
            await();
        }
    }

    private static void await() {
        try {
            Thread.sleep(1_000_000);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void marker() throws IOException {
        text("elbo");
    }

    private static void text(String text) throws IOException {
        OUT.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void hello(int version, int rows) throws IOException {
        marker();
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

    /** Starts it. */
    static PipeEnvironment start(Duration limit, String... arguments) {
        return PipeEnvironment.of(limit, command(arguments));
    }

    static String[] command(String... arguments) {
        String[] command = {Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System
                .getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                + File.pathSeparator
                + System.getProperty("jdk.module.path", ""), PipeChild.class.getName()};
        String[] all = Arrays.copyOf(command, command.length + arguments.length);
        System.arraycopy(arguments, 0, all, command.length, arguments.length);
        return all;
    }
}
