package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.control.environment.Numbers.clip;

import io.elbo4j.train.picture.Scene;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A plane seen from above as a picture of 40 x 40, as in Watter et al. 2015, Embed to control: an agent of 3 x 3 pixels
 * moves by at most 2 to each side among six round obstacles. Their radius is 2.5, their centres are on a circle of
 * radius 11 around the middle, at 30, 90, ... degrees.
 *
 * <p>A move is made in four parts, and ends before the first of them after which the agent's centre would be less than
 * 4 from an obstacle's; walls hold the centre in [2, 38]. It terminates, with a reward of 1, less than 2 from (36, 36);
 * it starts anywhere where nothing is in the way, and is truncated after 40 moves.
 *
 * <p>Seen are grey values from 0 to 1, a row of pixels after the other from the top: the share of each pixel that the
 * agent covers, and 1 where a pixel's centre lies in an obstacle. x points to the right, y upwards.
 */
public sealed class Planar implements Environment permits NoisyPlanar {
    /** Pixels of a side. */
    public static final int SIDE = 40;

    private static final int OBSTACLES = 6;
    private static final double RADIUS = 2.5;
    private static final double HALF = 1.5;
    private static final double EDGE = 2;
    private static final double GOAL = 36;
    private static final double REACH = 2;
    private static final double STEP = 2;
    private static final int PARTS = 4;
    private static final double[] X = new double[OBSTACLES];
    private static final double[] Y = new double[OBSTACLES];
    private static final float[] BACKGROUND = new float[SIDE * SIDE];

    static {
        for (int k = 0; k < OBSTACLES; k++) {
            double bearing = Math.PI / 6 + k * Math.PI / 3;
            X[k] = SIDE / 2 + 11 * StrictMath.cos(bearing);
            Y[k] = SIDE / 2 + 11 * StrictMath.sin(bearing);
        }
        for (int i = 0; i < SIDE * SIDE; i++) {
            BACKGROUND[i] = near(i % SIDE + 0.5, SIDE - (i / SIDE + 0.5), RADIUS) ? 1 : 0;
        }
    }

    private final double noise;

    /** Moves are what they should be; for the service loader, too. */
    public Planar() {
        this(0);
    }

    /** @param noise standard deviation of what is added to each coordinate of a move, at least 0 */
    public Planar(double noise) {
        require(noise >= 0 && Double.isFinite(noise), "noise", "at least 0", noise);
        this.noise = noise;
    }

    @Override
    public String name() {
        return "planar";
    }

    @Override
    public String description() {
        return "a way among obstacles, seen as a picture of 40 x 40; a move";
    }

    @Override
    public Space observations() {
        return Space.Box.of(SIDE * SIDE, 0, 1);
    }

    @Override
    public Space actions() {
        return Space.Box.of(2, -STEP, STEP);
    }

    @Override
    public int limit() {
        return 40;
    }

    /** The agent's centre. */
    @Override
    public int stateSize() {
        return 2;
    }

    @Override
    public void start(double[] state, Draws draws) {
        do {
            state[0] = draws.uniform(EDGE, SIDE - EDGE);
            state[1] = draws.uniform(EDGE, SIDE - EDGE);
        } while (near(state[0], state[1], RADIUS + HALF) || terminated(state));
    }

    /** Whether an obstacle's centre is nearer than that. */
    private static boolean near(double x, double y, double distance) {
        for (int k = 0; k < OBSTACLES; k++) {
            if (StrictMath.hypot(x - X[k], y - Y[k]) < distance) {
                return true;
            }
        }
        return false;
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        double dx = move(action[0], draws);
        double dy = move(action[1], draws);
        for (int part = 0; part < PARTS; part++) {
            double x = clip(state[0] + dx / PARTS, EDGE, SIDE - EDGE);
            double y = clip(state[1] + dy / PARTS, EDGE, SIDE - EDGE);
            if (near(x, y, RADIUS + HALF)) {
                break;
            }
            state[0] = x;
            state[1] = y;
        }
        return terminated(state) ? 1 : 0;
    }

    private double move(float action, Draws draws) {
        return clip(action, -STEP, STEP) + (noise == 0 ? 0 : noise * draws.normal());
    }

    @Override
    public boolean terminated(double[] state) {
        return StrictMath.hypot(state[0] - GOAL, state[1] - GOAL) < REACH;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        System.arraycopy(BACKGROUND, 0, observation, 0, SIDE * SIDE);
        int left = (int) (state[0] - HALF);
        int bottom = (int) (state[1] - HALF);
        for (int x = left; x < Math.min(SIDE, left + 4); x++) {
            for (int y = bottom; y < Math.min(SIDE, bottom + 4); y++) {
                int at = (SIDE - 1 - y) * SIDE + x;
                observation[at] = Math.max(observation[at], (float) (covered(x, state[0]) * covered(y, state[1])));
            }
        }
    }

    /** With the agent at (36, 36). */
    @Override
    public Optional<float[]> goal() {
        float[] seen = new float[SIDE * SIDE];
        observe(new double[] {GOAL, GOAL}, seen);
        return Optional.of(seen);
    }

    @Override
    public Optional<double[]> place(double across, double up) {
        double x = EDGE + across * (SIDE - 2 * EDGE);
        double y = EDGE + up * (SIDE - 2 * EDGE);
        return near(x, y, RADIUS + HALF) ? Optional.empty() : Optional.of(new double[] {x, y});
    }

    /** How much of the pixel's extent the agent's has, on one axis. */
    private static double covered(int pixel, double centre) {
        return clip(Math.min(pixel + 1, centre + HALF) - Math.max(pixel, centre - HALF), 0, 1);
    }

    /** "success": 1 at the goal; "distance" from it. */
    @Override
    public Map<String, Double> info(double[] state) {
        return Map.of("success", terminated(state) ? 1.0 : 0, "distance", StrictMath.hypot(state[0] - GOAL, state[1]
                - GOAL));
    }

    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.of(1);
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        Scene scene = new Scene(0, SIDE, 0, SIDE).disc(Scene.GREEN, GOAL, GOAL, REACH);
        for (int k = 0; k < OBSTACLES; k++) {
            scene = scene.disc(Scene.GREY, X[k], Y[k], RADIUS);
        }
        return Optional.of(scene.disc(Scene.ORANGE, state[0], state[1], HALF));
    }
}
