package io.elbo4j.control.agent;

import io.elbo4j.Quoted;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The agents that there are, by the names of the command line and of files. */
public enum AgentKind {
    /** {@link Sac} */
    SAC(Sac.Settings.small(), "pendulum", 8000),
    /** {@link Dqn} */
    DQN(Dqn.Settings.small(), "cart-pole", 50_000),
    /** {@link SoftQ} */
    SOFT_Q(SoftQ.Settings.small(), "cart-pole", 50_000),
    /** {@link Mbpo} */
    MBPO(Mbpo.Settings.small(), "pendulum", 3000),
    /** {@link Pets} */
    PETS(Pets.Settings.small(), "cart-pole-swing-up", 2200),
    /** {@link RepresentationSac} */
    REPRESENTATION_SAC(RepresentationSac.Settings.small(), "pendulum-pixels", 8000),
    /** {@link E2c} */
    E2C(E2c.Settings.small(), "planar", 20_000, 20_000),
    /** {@link Planet}, whose evaluation takes longer than its life */
    PLANET(Planet.Settings.small(), "pendulum-angle", 4000, 4000),
    /** {@link Dreamer} */
    DREAMER(Dreamer.Settings.small(), "pendulum-angle", 5000),
    /** {@link Slac} */
    SLAC(Slac.Settings.small(), "pendulum-angle", 6000);

    /** Of those that learn all the time. */
    private static final int OFTEN = 1000;

    private final SavableAgent.Settings defaults;
    private final String environment;
    private final int steps;
    private final int evaluateEvery;

    AgentKind(SavableAgent.Settings defaults, String environment, int steps) {
        this(defaults, environment, steps, OFTEN);
    }

    AgentKind(SavableAgent.Settings defaults, String environment, int steps, int evaluateEvery) {
        this.defaults = defaults;
        this.environment = environment;
        this.steps = steps;
        this.evaluateEvery = evaluateEvery;
    }

    public static AgentKind of(SavableAgent.Settings settings) {
        return Arrays.stream(values()).filter(kind -> kind.defaults.getClass() == settings.getClass()).findFirst()
                .orElseThrow();
    }

    /** @throws IllegalArgumentException saying what is wrong in the rest of a sentence that begins "its metadata" */
    public static AgentKind named(String words) {
        return Arrays.stream(values()).filter(k -> k.words().equals(words)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("has agent = " + Quoted.of(words) + ", expected one of " + Arrays
                        .stream(values()).map(AgentKind::words).collect(Collectors.joining(", "))));
    }

    /** As "soft-q". */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public SavableAgent.Settings defaults() {
        return defaults;
    }

    /** That its default settings are for. */
    public String environment() {
        return environment;
    }

    /** Of the environment, that these need. */
    public int steps() {
        return steps;
    }

    /** Steps after which it is worth while to see what it has learned. */
    public int evaluateEvery() {
        return evaluateEvery;
    }
}
