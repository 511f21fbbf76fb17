package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.control.environment.Sizes.requireSize;
import static io.elbo4j.control.environment.StepResult.requireRoom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/**
 * A batch that another process steps, over its standard input and output; what it writes to its standard error is shown
 * as it is. All numbers are little-endian, int32 and float32; a flag is a byte, 0 or 1.
 *
 * <pre>
 *   child, once     "elbo", version 2, rows, space of observations, space of actions
 *                   a space: 0, columns, lows, highs (a box); or 1, count (discrete)
 *   we              'r', a flag for each row          child: "elbo", observations of all rows; those that began anew
 *                                                     count
 *   we              's', actions of all rows          child: "elbo", observations, rewards, terminated, truncated of
 *                                                     all rows
 *   we              end of the stream                 child ends
 * </pre>
 *
 * <p>Numbers must be finite. Observations may lie outside of their box, and an episode may be both terminated and
 * truncated. A child that is late, that has ended or that says something else is an {@link EnvironmentException}. It is
 * ended then, and has to be started anew.
 *
 * <p>{@code gymnasium_environment.py} beside this class, 65 lines, is such a child for the environments of Gymnasium:
 * {@code PipeEnvironment.of("python3", "gymnasium_environment.py", "Pendulum-v1", "--rows", "4")}. The child's noise is
 * its own.
 */
public final class PipeEnvironment implements VectorEnvironment {
    private static final int VERSION = 2;
    /** More than that is no batch but a child that writes something else. */
    private static final int MOST = 1 << 28;
    /** Time enough to import Gymnasium and what it has, from a slow disk. */
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final ChildProcess child;
    private final int rows;
    private final Space observations;
    private final Space actions;
    private final boolean[] running;

    /** Starts the child, which has a minute for its beginning and for each answer. */
    public static PipeEnvironment of(String... command) {
        return of(LIMIT, command);
    }

    /**
     * Starts the child.
     *
     * @param limit the longest that it may take for its beginning, and for each answer
     * @throws io.elbo4j.ArgumentException unless the limit is more than 0 and all words of the command are given
     * @throws EnvironmentException if it cannot be started, is late or says something else than the protocol has
     */
    public static PipeEnvironment of(Duration limit, String... command) {
        ChildProcess child = new ChildProcess(limit, command);
        return child.within(() -> new PipeEnvironment(child));
    }

    private PipeEnvironment(ChildProcess child) {
        this.child = child;
        child.readMarker();
        int version = child.read(4).getInt();
        if (version != VERSION) {
            throw child.wrong("speaks version " + version + " of the protocol, expected " + VERSION);
        }
        this.rows = count("rows");
        this.observations = space("observations");
        this.actions = space("actions");
        requireFew("observations", observations);
        requireFew("actions", actions);
        this.running = new boolean[rows];
    }

    private int count(String of) {
        int count = child.read(4).getInt();
        if (count < 1 || count > MOST) {
            throw child.wrong("has " + count + " for the " + of + ", expected 1 to " + MOST);
        }
        return count;
    }

    private Space space(String of) {
        int kind = child.read(4).getInt();
        if (kind == 1) {
            return new Space.Discrete(count(of));
        }
        if (kind != 0) {
            throw child.wrong("has a space of kind " + kind + " for the " + of + ", expected 0, a box, or 1, discrete");
        }
        int columns = count("columns of the " + of);
        try {
            return new Space.Box(floats(columns), floats(columns));
        } catch (IllegalArgumentException e) {
            throw child.wrong("the " + of + " are no box: " + e.getMessage());
        }
    }

    private void requireFew(String of, Space space) {
        long count = (long) rows * space.columns();
        if (count > MOST) {
            throw child.wrong("has " + count + " numbers for the " + of + " of all rows, expected at most " + MOST);
        }
    }

    private float[] floats(int count) {
        float[] values = new float[count];
        child.read(Math.multiplyExact(4, count)).asFloatBuffer().get(values);
        return values;
    }

    /** Numbers of each row, which must be finite where they count. */
    private float[] finite(String of, int columns, boolean[] which) {
        float[] values = floats(rows * columns);
        for (int i = 0; i < values.length; i++) {
            if (which[i / columns] && !Float.isFinite(values[i])) {
                throw child.wrong("says " + values[i] + " for " + of + " of copy " + i / columns
                        + ", expected a finite number");
            }
        }
        return values;
    }

    private boolean[] flags(String of) {
        byte[] read = child.read(rows).array();
        boolean[] flags = new boolean[rows];
        for (int i = 0; i < rows; i++) {
            if (read[i] != 0 && read[i] != 1) {
                throw child.wrong("says " + Byte.toUnsignedInt(read[i]) + " for whether copy " + i + " is " + of
                        + ", expected 0 or 1");
            }
            flags[i] = read[i] == 1;
        }
        return flags;
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
        int columns = observations.columns();
        requireSize("which", which, rows);
        requireSize("observations", into, rows * columns);
        ByteBuffer message = ByteBuffer.allocate(1 + rows).put((byte) 'r');
        for (boolean one : which) {
            message.put((byte) (one ? 1 : 0));
        }
        float[] seen = child.within(() -> {
            child.write(message);
            child.readMarker();
            return finite("an observation", columns, which);
        });
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
        requireSize("actions", chosen, rows * columns);
        requireRoom(result, rows, observations.columns());
        float[] one = new float[columns];
        for (int r = 0; r < rows; r++) {
            require(running[r], "copy " + r, "within an episode: reset it first", "one whose episode has ended");
            System.arraycopy(chosen, r * columns, one, 0, columns);
            actions.check("the action of copy " + r, one);
        }
        ByteBuffer message = ByteBuffer.allocate(1 + 4 * chosen.length).order(ByteOrder.LITTLE_ENDIAN).put((byte) 's');
        message.asFloatBuffer().put(chosen);
        StepResult heard = child.within(() -> {
            child.write(message);
            child.readMarker();
            return new StepResult(finite("an observation", observations.columns(), running), finite("the reward", 1,
                    running), flags("terminated"), flags("truncated"));
        });
        System.arraycopy(heard.observations(), 0, result.observations(), 0, result.observations().length);
        System.arraycopy(heard.rewards(), 0, result.rewards(), 0, rows);
        System.arraycopy(heard.terminated(), 0, result.terminated(), 0, rows);
        System.arraycopy(heard.truncated(), 0, result.truncated(), 0, rows);
        for (int r = 0; r < rows; r++) {
            running[r] = !result.terminated()[r] && !result.truncated()[r];
        }
    }

    /** Ends the child: it is given two seconds to do so itself, and one more when it is asked to. */
    @Override
    public void close() {
        child.close();
    }
}
