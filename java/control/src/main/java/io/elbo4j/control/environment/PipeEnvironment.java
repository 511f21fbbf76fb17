package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A batch that another process steps, over its standard input and output; what it writes to its standard error is shown
 * as it is. All numbers are little-endian, int32 and float32; a flag is a byte, 0 or 1.
 *
 * <pre>
 *   child, once     "elbo", version 1, rows, space of observations, space of actions
 *                   a space: 0, columns, lows, highs (a box); or 1, count (discrete)
 *   we              'r', a flag for each row          child: observations of all rows; those that began anew count
 *   we              's', actions of all rows          child: observations, rewards, terminated, truncated of all rows
 *   we              end of the stream                 child ends
 * </pre>
 *
 * <p>{@code gymnasium_environment.py} beside this class, 65 lines, is such a child for the environments of Gymnasium:
 * {@code PipeEnvironment.of("python3", "gymnasium_environment.py", "Pendulum-v1", "--rows", "4")}. The child's noise is
 * its own.
 */
public final class PipeEnvironment implements VectorEnvironment {
    private static final int VERSION = 1;
    /** More than that is no batch but a child that writes something else. */
    private static final int MOST = 1 << 28;

    private final String command;
    private final Process child;
    private final DataInputStream in;
    private final OutputStream out;
    private final int rows;
    private final Space observations;
    private final Space actions;
    private final boolean[] running;

    /**
     * Starts the child.
     *
     * @throws EnvironmentException if it cannot be started or says something else than the protocol has
     */
    public static PipeEnvironment of(String... command) {
        require(command.length >= 1, "command", "a program and its arguments", "empty");
        Process child;
        try {
            child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new EnvironmentException(String.join(" ", command) + ": cannot be started: " + e.getMessage(), e);
        }
        try {
            return new PipeEnvironment(String.join(" ", command), child);
        } catch (RuntimeException | Error e) {
            child.destroy();
            throw e;
        }
    }

    private PipeEnvironment(String command, Process child) {
        this.command = command;
        this.child = child;
        this.in = new DataInputStream(new BufferedInputStream(child.getInputStream()));
        this.out = child.getOutputStream();
        byte[] magic = read(4).array();
        if (!Arrays.equals(magic, "elbo".getBytes(StandardCharsets.US_ASCII))) {
            throw new EnvironmentException(command
                    + ": its output does not begin with \"elbo\", expected a child of the"
                    + " protocol");
        }
        int version = read(4).getInt();
        if (version != VERSION) {
            throw new EnvironmentException(command + ": speaks version " + version + " of the protocol, expected "
                    + VERSION);
        }
        this.rows = count("rows");
        this.observations = space("observations");
        this.actions = space("actions");
        this.running = new boolean[rows];
    }

    private int count(String of) {
        int count = read(4).getInt();
        if (count < 1 || count > MOST) {
            throw new EnvironmentException(command + ": has " + count + " for the " + of + ", expected 1 to " + MOST);
        }
        return count;
    }

    private Space space(String of) {
        int kind = read(4).getInt();
        if (kind == 1) {
            return new Space.Discrete(count(of));
        }
        if (kind != 0) {
            throw new EnvironmentException(command + ": has a space of kind " + kind + " for the " + of
                    + ", expected 0, a box, or 1, discrete");
        }
        int columns = count("columns of the " + of);
        try {
            return new Space.Box(floats(columns), floats(columns));
        } catch (IllegalArgumentException e) {
            throw new EnvironmentException(command + ": the " + of + " are no box: " + e.getMessage(), e);
        }
    }

    private ByteBuffer read(int bytes) {
        try {
            byte[] read = new byte[bytes];
            in.readFully(read);
            return ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
        } catch (EOFException e) {
            throw new EnvironmentException(command + ": has ended" + status(), e);
        } catch (IOException e) {
            throw new EnvironmentException(command + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private String status() {
        try {
            return child.waitFor(1, TimeUnit.SECONDS) ? ", status " + child.exitValue() : "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private float[] floats(int count) {
        float[] values = new float[count];
        read(Math.multiplyExact(4, count)).asFloatBuffer().get(values);
        return values;
    }

    private void flags(boolean[] flags) {
        byte[] read = read(flags.length).array();
        for (int i = 0; i < flags.length; i++) {
            flags[i] = read[i] != 0;
        }
    }

    private void write(ByteBuffer message) {
        try {
            out.write(message.array());
            out.flush();
        } catch (IOException e) {
            throw new EnvironmentException(command + ": does not read any more" + status(), e);
        }
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public Space observations() {
        return observations;
    }

    @Override
    public Space actions() {
        return actions;
    }

    @Override
    public void reset(boolean[] which, float[] into) {
        requireGiven("which", which);
        require(which.length == rows, "which", rows + " elements", which.length);
        require(into.length == rows * observations.columns(), "observations", rows * observations.columns()
                + " elements", into.length);
        ByteBuffer message = ByteBuffer.allocate(1 + rows).put((byte) 'r');
        for (boolean one : which) {
            message.put((byte) (one ? 1 : 0));
        }
        write(message);
        float[] seen = floats(into.length);
        int columns = observations.columns();
        for (int r = 0; r < rows; r++) {
            if (which[r]) {
                System.arraycopy(seen, r * columns, into, r * columns, columns);
                running[r] = true;
            }
        }
    }

    @Override
    public void step(float[] chosen, StepResult result) {
        int columns = actions.columns();
        require(chosen.length == rows * columns, "actions", rows * columns + " elements", chosen.length);
        require(result.rewards().length == rows, "result", rows + " elements", result.rewards().length);
        float[] one = new float[columns];
        for (int r = 0; r < rows; r++) {
            require(running[r], "copy " + r, "within an episode: reset it first", "one whose episode has ended");
            System.arraycopy(chosen, r * columns, one, 0, columns);
            actions.check("the action of copy " + r, one);
        }
        ByteBuffer message = ByteBuffer.allocate(1 + 4 * chosen.length).order(ByteOrder.LITTLE_ENDIAN).put((byte) 's');
        message.asFloatBuffer().put(chosen);
        write(message);
        System.arraycopy(floats(result.observations().length), 0, result.observations(), 0, result
                .observations().length);
        System.arraycopy(floats(rows), 0, result.rewards(), 0, rows);
        flags(result.terminated());
        flags(result.truncated());
        for (int r = 0; r < rows; r++) {
            running[r] = !result.terminated()[r] && !result.truncated()[r];
        }
    }

    /** Ends the child: it is given two seconds to do so itself. */
    @Override
    public void close() {
        try {
            out.close();
            if (!child.waitFor(2, TimeUnit.SECONDS)) {
                child.destroy();
            }
        } catch (IOException e) {
            child.destroy();
        } catch (InterruptedException e) {
            child.destroy();
            Thread.currentThread().interrupt();
        }
    }
}
