package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;

import java.util.OptionalDouble;

/**
 * A slippery grid of 5 x 5 cells, small enough for exact answers. Of five actions four go to a neighbour (0 up, 1 to
 * the right, 2 down, 3 to the left), with 0.8 where they mean to and with 0.1 to either side; 4 stays. What would leave
 * the grid stays, too. Cell 5 row + column is seen as its number; the last one is the goal.
 *
 * <p>The reward is -1 for each step that does not begin at the goal, where it terminates; truncated after 20 steps.
 */
public final class GridSoft implements Environment {
    public static final int SIDE = 5;
    public static final int CELLS = SIDE * SIDE;
    public static final int ACTIONS = 5;
    public static final int GOAL = CELLS - 1;

    private static final int[] DOWN = {-1, 0, 1, 0, 0};
    private static final int[] RIGHT = {0, 1, 0, -1, 0};

    /**
     * p(next cell | cell, action), of all cells; nothing leaves the goal.
     *
     * @throws io.elbo4j.ArgumentException if there is no such cell or action
     */
    public static double[] transitions(int cell, int action) {
        require(cell >= 0 && cell < CELLS, "cell", "from 0 to " + (CELLS - 1), cell);
        require(action >= 0 && action < ACTIONS, "action", "from 0 to " + (ACTIONS - 1), action);
        double[] p = new double[CELLS];
        if (cell == GOAL || action == 4) {
            p[cell] = 1;
            return p;
        }
        p[neighbour(cell, action)] += 0.8;
        p[neighbour(cell, (action + 1) % 4)] += 0.1;
        p[neighbour(cell, (action + 3) % 4)] += 0.1;
        return p;
    }

    private static int neighbour(int cell, int action) {
        int row = cell / SIDE + DOWN[action];
        int column = cell % SIDE + RIGHT[action];
        return row < 0 || row >= SIDE || column < 0 || column >= SIDE ? cell : row * SIDE + column;
    }

    /** Of a step that begins there, whatever the action. */
    public static double reward(int cell) {
        return cell == GOAL ? 0 : -1;
    }

    /** For the service loader, too. */
    public GridSoft() {}

    @Override
    public String name() {
        return "grid-soft";
    }

    @Override
    public String description() {
        return "a slippery grid of 5 x 5 with exact answers: the cell; one of five moves";
    }

    @Override
    public Space observations() {
        return new Space.Discrete(CELLS);
    }

    @Override
    public Space actions() {
        return new Space.Discrete(ACTIONS);
    }

    @Override
    public int limit() {
        return 20;
    }

    @Override
    public int stateSize() {
        return 1;
    }

    @Override
    public void start(double[] state, Draws draws) {
        state[0] = draws.below(GOAL);
    }

    @Override
    public void evaluationStart(int episode, double[] state) {
        state[0] = episode % GOAL;
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        int cell = (int) state[0];
        double[] p = transitions(cell, (int) action[0]);
        double left = draws.uniform();
        int next = -1;
        for (int i = 0; i < CELLS && (next < 0 || left >= 0); i++) {
            if (p[i] > 0) {
                next = i;
                left -= p[i];
            }
        }
        state[0] = next;
        return reward(cell);
    }

    @Override
    public boolean terminated(double[] state) {
        return state[0] == GOAL;
    }

    /** What is expected of the best actions in 20 steps, on average over the starts. */
    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.of(-5.404);
    }

    @Override
    public void observe(double[] state, float[] observation) {
        observation[0] = (float) state[0];
    }
}
