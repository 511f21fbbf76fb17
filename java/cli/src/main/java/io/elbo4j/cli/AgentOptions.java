package io.elbo4j.cli;

import io.elbo4j.control.agent.AgentKind;
import io.elbo4j.control.agent.AgentSettings;
import io.elbo4j.control.agent.Learner;
import io.elbo4j.control.agent.Learning;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The settings of an agent; one not given is null. In brackets: what sac, dqn, soft-q and mbpo have otherwise. */
final class AgentOptions {
    @Option(names = "--widths", split = ",", paramLabel = "N",
            description = "units of the hidden layers of all networks (64,64)")
    private Integer[] widths;
    @Option(names = "--batch", paramLabel = "N", description = "transitions of an update (128; 64; 64; 128)")
    private Integer batch;
    @Option(names = "--learning-rate", paramLabel = "X",
            description = "of Adam, at first (0.001; 0.0023; 0.0023; 0.001)")
    private Double learningRate;
    @Option(names = "--decay", paramLabel = "N",
            description = "updates until it has fallen to 0, linearly; 0 if it stays (0; all; all; 0)")
    private Integer decay;
    @Option(names = "--discount", paramLabel = "X",
            description = "of later rewards, at least 0 and below 1 (0.99)")
    private Double discount;
    @Option(names = "--capacity", paramLabel = "N",
            description = "transitions that are remembered (as many as steps, at most 1000000;"
                    + " 100000; 100000; 1000000)")
    private Integer capacity;
    @Option(names = "--random-steps", paramLabel = "N",
            description = "first steps, by any action, after which nothing is learned yet (100; 1000; 1000; 600)")
    private Integer randomSteps;
    @Option(names = "--every", paramLabel = "N", description = "steps after which it learns again (1)")
    private Integer every;
    @Option(names = "--updates", paramLabel = "N", description = "that are made then (1; 1; 1; 20)")
    private Integer updates;
    @Option(names = "--rate", paramLabel = "X",
            description = "sac, mbpo: at which the critics' copies follow them, above 0 and below 1 (0.005)")
    private Double rate;
    @Option(names = "--copy-every", paramLabel = "N",
            description = "dqn, soft-q: updates after which the network's copy is set to it (200)")
    private Integer copyEvery;
    @Option(names = "--average-rate", paramLabel = "X",
            description = "dqn, soft-q: at which the average of the network's parameters, by which it acts later, moves"
                    + " then, above 0 and below 1 (0.04)")
    private Double averageRate;
    @Option(names = "--epsilon", paramLabel = "X",
            description = "dqn: probability of any action that is left at last (0.04)")
    private Double epsilon;
    @Option(names = "--epsilon-steps", paramLabel = "N",
            description = "dqn: steps in which it falls from 1 to that (8000)")
    private Integer epsilonSteps;
    @Option(names = "--temperature", paramLabel = "X",
            description = "soft-q: what the entropy of its actions is worth, above 0 (0.1)")
    private Double temperature;
    @Option(names = "--members", paramLabel = "N", description = "mbpo: networks of the model (5)")
    private Integer members;
    @Option(names = "--model-every", paramLabel = "N",
            description = "mbpo: times that it learns, before the model learns again (100)")
    private Integer modelEvery;
    @Option(names = "--model-updates", paramLabel = "N", description = "mbpo: of the model, that are made then (1000)")
    private Integer modelUpdates;
    @Option(names = "--rollouts", paramLabel = "N",
            description = "mbpo: that begin in the model each time that it learns (128)")
    private Integer rollouts;
    @Option(names = "--kept", paramLabel = "N", description = "mbpo: steps of rollouts that are remembered (500)")
    private Integer kept;
    @Option(names = "--length", paramLabel = "N",
            description = "mbpo: steps of a rollout at last; the first have 1 (3)")
    private Integer length;
    @Option(names = "--length-after", paramLabel = "N",
            description = "mbpo: times that it learns until rollouts have that length (1000)")
    private Integer lengthAfter;
    @Option(names = "--real", paramLabel = "X",
            description = "mbpo: share of a batch that has happened, from 0 to 1 (0.05)")
    private Double real;

    /** By the names of the settings' components. */
    private Map<String, Object> given() {
        Map<String, Object> given = new LinkedHashMap<>();
        put(given, "widths", widths == null ? null : List.copyOf(Arrays.asList(widths)));
        put(given, "batch", batch);
        put(given, "learningRate", learningRate);
        put(given, "decay", decay);
        put(given, "discount", discount);
        put(given, "capacity", capacity);
        put(given, "randomSteps", randomSteps);
        put(given, "every", every);
        put(given, "updates", updates);
        put(given, "rate", rate);
        put(given, "copyEvery", copyEvery);
        put(given, "averageRate", averageRate);
        put(given, "epsilon", epsilon);
        put(given, "epsilonSteps", epsilonSteps);
        put(given, "temperature", temperature);
        put(given, "members", members);
        put(given, "modelEvery", modelEvery);
        put(given, "modelUpdates", modelUpdates);
        put(given, "rollouts", rollouts);
        put(given, "kept", kept);
        put(given, "length", length);
        put(given, "lengthAfter", lengthAfter);
        put(given, "real", real);
        return given;
    }

    private static void put(Map<String, Object> given, String name, Object value) {
        if (value != null) {
            given.put(name, value);
        }
    }

    /** @param steps what is never remembered takes no memory */
    Learner.Settings settings(AgentKind kind, int steps) {
        Map<String, Object> given = own(kind);
        int most = (int) given.getOrDefault("capacity", kind.defaults().learning().capacity());
        given.put("capacity", Math.min(most, steps));
        Learner.Settings all = Names.checked(() -> AgentSettings.with(kind.defaults(), given));
        return decay != null || all.learning().decay() == 0 ? all : AgentSettings.with(all, Map.of("decay", updates(all
                .learning(), steps)));
    }

    /** That are made in so many steps. */
    private static int updates(Learning learning, int steps) {
        long times = steps / learning.every() - learning.randomSteps() / learning.every();
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, times) * learning.updates());
    }

    /** Refuses an option that contradicts the agent of a run that is resumed. */
    void check(Learner.Settings settings, Agreement agreement) {
        Map<String, Object> stored = AgentSettings.values(settings);
        own(AgentKind.of(settings)).forEach((name, value) -> agreement.check(Names.option(name), value, stored.get(
                name)));
    }

    private Map<String, Object> own(AgentKind kind) {
        Map<String, Object> given = given();
        List<String> own = List.copyOf(AgentSettings.values(kind.defaults()).keySet());
        for (String name : given.keySet()) {
            if (!own.contains(name)) {
                throw Failure.usage(Names.option(name) + " has no effect on " + kind.words() + ", whose settings are "
                        + own.stream().map(Names::option).collect(Collectors.joining(", ")));
            }
        }
        return given;
    }
}
