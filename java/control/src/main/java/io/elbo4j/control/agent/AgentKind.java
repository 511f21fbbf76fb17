package io.elbo4j.control.agent;

import io.elbo4j.Quoted;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The agents that there are, by the names of the command line and of files. */
public enum AgentKind {
    /** {@link Sac} */
    SAC("soft actor-critic, for actions in a box", Sac.Settings.small(), "pendulum", 8000),
    /** {@link Dqn} */
    DQN("deep Q-learning, for one of several actions", Dqn.Settings.small(), "cart-pole", 50_000),
    /** {@link SoftQ} */
    SOFT_Q("soft Q-learning, for one of several actions", SoftQ.Settings.small(), "cart-pole", 50_000),
    /** {@link Mbpo} */
    MBPO("sac that learns from what it imagines in a learned model, for actions in a box", Mbpo.Settings.small(),
            "pendulum", 3000),
    /** {@link Pets} */
    PETS("plans in a learned model, for actions in a box", Pets.Settings.small(), "cart-pole-swing-up", 2200),
    /** {@link RepresentationSac} */
    REPRESENTATION_SAC("sac on the codes of a VAE, for actions and observations in a box", RepresentationSac.Settings
            .small(), "pendulum-pixels", 8000),
    /** {@link E2c} */
    E2C("plans in the codes of pictures, towards one of the goal, for actions and observations in a box", E2c.Settings
            .small(), "planar", 20_000, 20_000),
    /** {@link Solar}, that gets better after the random rollouts and each 1,600 steps */
    SOLAR("a policy linear in codes of pictures, by Bayesian linear dynamics, for actions and observations in a box",
            Solar.Settings.small(), "navigation", 20_000, 4000),
    /** {@link Planet}, whose evaluation takes longer than its life */
    PLANET("plans in a learned latent space, for actions and observations in a box", Planet.Settings.small(),
            "pendulum-angle", 4000, 4000),
    /** {@link Dreamer} */
    DREAMER("an actor that learns in a learned latent space, for actions and observations in a box", Dreamer.Settings
            .small(), "pendulum-angle", 5000),
    /** {@link Slac} */
    SLAC("sac on the states of a learned latent space, for actions and observations in a box", Slac.Settings.small(),
            "pendulum-angle", 6000);

    /** Of those that learn all the time. */
    private static final int OFTEN = 1000;

    private final String description;
    private final SavableAgent.Settings defaults;
    private final String environment;
    private final int steps;
    private final int evaluateEvery;

    AgentKind(String description, SavableAgent.Settings defaults, String environment, int steps) {
        this(description, defaults, environment, steps, OFTEN);
    }

    AgentKind(String description, SavableAgent.Settings defaults, String environment, int steps, int evaluateEvery) {
        this.description = description;
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

    /** In a line for people. */
    public String description() {
        return description;
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
