package io.elbo4j.control.environment;

import io.elbo4j.train.picture.Scene;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A system as its equations: all that changes is in a state of a few doubles, which the caller holds, so that one
 * object steps any number of copies ({@link Simulation}), also in several threads at once, and a planner starts
 * wherever it likes: it must keep nothing between calls, nor share what it computes with. Trigonometry and the like are
 * by {@link StrictMath}: the same bits in every virtual machine.
 *
 * <p>Somebody else's is one class, which a {@link java.util.ServiceLoader} finds and the command line lists.
 */
public interface Environment {
    /** What it is called, as "cart-pole". */
    String name();

    /** What it is, in a line. */
    String description();

    Space observations();

    Space actions();

    /** Steps after which an episode is truncated; 0 if none is. */
    int limit();

    /** How many doubles a state has. */
    int stateSize();

    /** Begins an episode. */
    void start(double[] state, Draws draws);

    /**
     * Begins one of the episodes that everybody is compared on: the same state for the same number.
     *
     * @param episode from 0
     */
    default void evaluationStart(int episode, double[] state) {
        start(state, new Draws(0xe7a1).at(episode, 0, 0));
    }

    /**
     * Takes a step.
     *
     * @param state the one before, which becomes the one after
     * @param action an element of {@link #actions}; of what lies beyond a box the nearest element is taken
     * @return the reward
     */
    double step(double[] state, float[] action, Draws draws);

    /** Whether nothing comes after this state. */
    default boolean terminated(double[] state) {
        return false;
    }

    /** Writes what is seen of a state. */
    void observe(double[] state, float[] observation);

    /**
     * The mean return of the best policy that is known, on evaluation's first 100 episodes: a line in a picture, no
     * promise.
     */
    default OptionalDouble ceiling() {
        return OptionalDouble.empty();
    }

    /** Its reward, for planners that are given it; none where it does not follow from what is seen. */
    default Optional<Reward> reward() {
        return Optional.empty();
    }

    /** Where it terminates, for agents that imagine: none where it never does, or where what is seen does not say. */
    default Optional<Termination> termination() {
        return Optional.empty();
    }

    /**
     * What is seen where it should get to, for agents that are shown that instead of a reward; none where no single
     * observation is the goal.
     */
    default Optional<float[]> goal() {
        return Optional.empty();
    }

    /**
     * The state at a place of a plane, for pictures of what an agent knows of it; none where nobody can be, and of
     * states that are no places.
     *
     * @param across from 0, at the left, to 1
     * @param up from 0, at the bottom, to 1
     */
    default Optional<double[]> place(double across, double up) {
        return Optional.empty();
    }

    /** A picture of a state, for people; none of what cannot be drawn. */
    default Optional<Scene> scene(double[] state) {
        return Optional.empty();
    }

    /** What else there is to know of a state, by name, as "success". */
    default Map<String, Double> info(double[] state) {
        return Map.of();
    }
}
