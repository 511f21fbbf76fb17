package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;

import io.elbo4j.train.picture.Scene;
import java.util.Optional;
import java.util.OptionalDouble;

/** {@link CartPole} pushed with any force of 10 a, a in [-1, 1]; truncated after 200 steps: 200 is the best. */
public final class CartPoleContinuous implements Environment {
    /** For the service loader, too. */
    public CartPoleContinuous() {}

    @Override
    public String name() {
        return "cart-pole-continuous";
    }

    @Override
    public String description() {
        return "balance a pole: (x, v, angle, w); a force";
    }

    @Override
    public Space observations() {
        return CartPole.seen();
    }

    @Override
    public Space actions() {
        return Space.Box.of(1, -1, 1);
    }

    @Override
    public int limit() {
        return 200;
    }

    @Override
    public int stateSize() {
        return 4;
    }

    @Override
    public void start(double[] state, Draws draws) {
        CartPole.nearUpright(state, draws);
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        CartPole.push(state, 10 * clip(action[0], -1, 1));
        return 1;
    }

    @Override
    public boolean terminated(double[] state) {
        return CartPole.fallen(state);
    }

    @Override
    public Optional<Termination> termination() {
        return Optional.of(next -> CartPole.fallen(new double[] {next[0], next[1], next[2], next[3]}));
    }

    @Override
    public void observe(double[] state, float[] observation) {
        for (int i = 0; i < 4; i++) {
            observation[i] = (float) state[i];
        }
    }

    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.of(200);
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        return new CartPole().scene(state);
    }
}
