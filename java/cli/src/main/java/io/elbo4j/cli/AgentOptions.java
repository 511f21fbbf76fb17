package io.elbo4j.cli;

import io.elbo4j.control.agent.AgentKind;
import io.elbo4j.control.agent.AgentSettings;
import io.elbo4j.control.agent.Learner;
import io.elbo4j.control.agent.Learning;
import io.elbo4j.control.agent.SavableAgent;
import io.elbo4j.control.planning.SearchKind;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The settings of an agent; one not given is null. In brackets what agents have otherwise, as `control` names them. */
final class AgentOptions {
    @Option(names = "--widths", split = ",", paramLabel = "N",
            description = "all but e2c: units of the hidden layers of all networks (64,64)")
    private Integer[] widths;
    @Option(names = "--batch", paramLabel = "N",
            description = "transitions of an update (256; 64; 64; 128; 64; 128; 64)")
    private Integer batch;
    @Option(names = "--learning-rate", paramLabel = "X",
            description = "of Adam, at first (0.001; 0.0023; 0.0023; 0.001; 0.001; 0.001; 0.002)")
    private Double learningRate;
    @Option(names = "--decay", paramLabel = "N",
            description = "all but pets, e2c: updates until it has fallen to 0, linearly; 0 if it stays (0; all; all; 0; 0)")
    private Integer decay;
    @Option(names = "--discount", paramLabel = "X",
            description = "all but pets, e2c: of later rewards, at least 0 and below 1 (0.99)")
    private Double discount;
    @Option(names = "--capacity", paramLabel = "N",
            description = "all but e2c: transitions that are remembered (as many as steps, at most 1000000;"
                    + " 100000; 100000; 1000000; 100000; as sac)")
    private Integer capacity;
    @Option(names = "--random-steps", paramLabel = "N",
            description = "first steps, by any action, after which nothing is learned yet (100; 1000; 1000; 600; 200;"
                    + " 1000; 20000)")
    private Integer randomSteps;
    @Option(names = "--every", paramLabel = "N",
            description = "all but pets, e2c: steps after which it learns again (1)")
    private Integer every;
    @Option(names = "--updates", paramLabel = "N", description = "that are made then (1; 1; 1; 20; 1200; 1; 3000)")
    private Integer updates;
    @Option(names = "--rate", paramLabel = "X",
            description = "sac, mbpo, representation-sac: at which the critics' copies follow them, above 0 and below"
                    + " 1 (0.01; 0.005; 0.005)")
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
            description = "soft-q: what the entropy of its actions is worth, above 0 (0.1); path-integral: in the"
                    + " unit of the rewards")
    private Double temperature;
    @Option(names = "--members", paramLabel = "N", description = "mbpo, pets: networks of the model (5; 3)")
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
    @Option(names = "--bootstrap",
            description = "mbpo: each member of the model learns from a bootstrap sample of its own (not: all from the"
                    + " same)")
    private Boolean bootstrap;
    @Option(names = "--prior", paramLabel = "X",
            description = "pets: what networks beside the model's that are never trained are multiplied by (0)")
    private Double prior;
    @Option(names = "--rough", description = "pets: these networks are rough ones (not)")
    private Boolean rough;
    @Option(names = "--weight-decay", paramLabel = "X", description = "pets: of Adam, decoupled (0.00001)")
    private Double weightDecay;
    @Option(names = "--search", paramLabel = "NAME",
            description = "pets, e2c: how it plans, cross-entropy, path-integral or random-shooting (cross-entropy, of"
                    + " 60 plans 3 times; of 48 twice); the options of each are those of 'elbo4j plan'")
    private SearchKind search;
    @Option(names = "--horizon", paramLabel = "N", description = "pets, e2c: steps of a plan (25; 8)")
    private Integer horizon;
    @Option(names = "--population", paramLabel = "N", description = "pets, e2c: plans that are drawn at a time")
    private Integer population;
    @Option(names = "--iterations", paramLabel = "N",
            description = "cross-entropy, path-integral: times that they are drawn for a decision")
    private Integer iterations;
    @Option(names = "--elites", paramLabel = "N", description = "cross-entropy: the best plans")
    private Integer elites;
    @Option(names = "--keep", paramLabel = "X",
            description = "cross-entropy: the share of the old mean and variance that stays")
    private Double keep;
    @Option(names = "--deviation", paramLabel = "X",
            description = "cross-entropy, path-integral: standard deviation of plans at first, of half the box")
    private Double deviation;
    @Option(names = "--effort", paramLabel = "X",
            description = "path-integral: what of the cost of control counts beside the returns, 0 to 1")
    private Double effort;
    @Option(names = "--pessimism", paramLabel = "X",
            description = "pets: what the members' disagreement costs a plan, at least 0 (0)")
    private Double pessimism;
    @Option(names = "--learn-reward",
            description = "pets: the model learns the reward, which else is given (not); for an environment that has"
                    + " none to give it is needed")
    private Boolean learnReward;
    @Option(names = "--latent", paramLabel = "N", description = "representation-sac, e2c: dimensions of a code (4; 2)")
    private Integer latent;
    @Option(names = "--width", paramLabel = "N",
            description = "representation-sac: units of the hidden layer of encoder and decoder (128)")
    private Integer width;
    @Option(names = "--kl-weight", paramLabel = "X",
            description = "representation-sac: of the KL in the VAE's objective, at least 0 (1)")
    private Double klWeight;
    @Option(names = "--vae-batch", paramLabel = "N",
            description = "representation-sac: observations of an update of the VAE (64)")
    private Integer vaeBatch;
    @Option(names = "--vae-learning-rate", paramLabel = "X",
            description = "representation-sac: of the VAE's Adam (0.001)")
    private Double vaeLearningRate;
    @Option(names = "--vae-updates", paramLabel = "N",
            description = "representation-sac: of the VAE, after the random steps (3000)")
    private Integer vaeUpdates;

    @Option(names = "--encoder-widths", split = ",", paramLabel = "N",
            description = "e2c: units of the hidden layers that make codes of pictures (150,150,150)")
    private Integer[] encoderWidths;
    @Option(names = "--decoder-widths", split = ",", paramLabel = "N",
            description = "e2c: of those that make pictures of codes (200,200)")
    private Integer[] decoderWidths;
    @Option(names = "--transition-widths", split = ",", paramLabel = "N",
            description = "e2c: of those that say how codes move (100,100)")
    private Integer[] transitionWidths;
    @Option(names = "--transition-weight", paramLabel = "X",
            description = "e2c: of the KL between the code that is predicted and the one that comes, at least 0 (0.25)")
    private Double transitionWeight;
    @Option(names = "--inverse-weight", paramLabel = "X",
            description = "e2c: of the inverse model, from which the action can be read; 0 is the published objective,"
                    + " without it (100)")
    private Double inverseWeight;
    @Option(names = "--refit-batch", paramLabel = "N",
            description = "e2c: transitions of an update of the dynamics alone, on codes that stay (256)")
    private Integer refitBatch;
    @Option(names = "--refit-learning-rate", paramLabel = "X",
            description = "e2c: of its Adam at first, falling linearly to 0 (0.01)")
    private Double refitLearningRate;
    @Option(names = "--refit-updates", paramLabel = "N",
            description = "e2c: of the dynamics alone, after all others (12000)")
    private Integer refitUpdates;
    @Option(names = "--hold", paramLabel = "N", description = "e2c: steps that a random action is held for (4)")
    private Integer hold;
    @Option(names = "--last-weight", paramLabel = "X",
            description = "e2c: what the distance from the goal after the last step of a plan counts more (3)")
    private Double lastWeight;

    /** By the names of the settings' components, which are those of the fields here. */
    private Map<String, Object> given() {
        Map<String, Object> given = new LinkedHashMap<>();
        for (Field field : AgentOptions.class.getDeclaredFields()) {
            try {
                Object value = field.get(this);
                if (value != null) {
                    given.put(field.getName(), value instanceof Integer[] list ? List.of(list) : value);
                }
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
        return given;
    }

    /** @param steps what is never remembered takes no memory */
    SavableAgent.Settings settings(AgentKind kind, int steps) {
        SavableAgent.Settings usual = search == null ? kind.defaults()
                : AgentSettings.with(kind.defaults(), Map.of("search", search));
        Map<String, Object> given = own(usual);
        Map<String, Object> otherwise = AgentSettings.values(usual);
        if (otherwise.containsKey("capacity")) {
            given.put("capacity", Math.min((int) given.getOrDefault("capacity", otherwise.get("capacity")), steps));
        }
        if (population != null && otherwise.containsKey("elites")) {
            given.putIfAbsent("elites", Math.max(1, population / 10));
        }
        if (rough != null && Objects.equals(0.0, given.getOrDefault("prior", otherwise.get("prior")))) {
            throw Failure.usage("--rough has no effect without --prior");
        }
        SavableAgent.Settings all = Names.checked(() -> AgentSettings.with(usual, given));
        return decay != null || !(all instanceof Learner.Settings learner) || learner.learning().decay() == 0 ? all
                : AgentSettings.with(all, Map.of("decay", updates(learner.learning(), steps)));
    }

    /** That are made in so many steps. */
    private static int updates(Learning learning, int steps) {
        long times = steps / learning.every() - learning.randomSteps() / learning.every();
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, times) * learning.updates());
    }

    /** Refuses an option that contradicts the agent of a run of so many steps that is resumed. */
    void check(SavableAgent.Settings settings, int steps, Agreement agreement) {
        Map<String, Object> stored = AgentSettings.values(settings);
        own(settings).forEach((name, value) -> agreement.check(Names.option(name), name.equals("capacity") ? Math.min(
                (int) value, steps) : value, stored.get(name)));
    }

    /** What is given, all of which such settings have. */
    private Map<String, Object> own(SavableAgent.Settings settings) {
        Map<String, Object> given = given();
        List<String> own = List.copyOf(AgentSettings.values(settings).keySet());
        for (String name : given.keySet()) {
            if (!own.contains(name)) {
                throw Failure.usage(Names.option(name) + " has no effect on " + AgentKind.of(settings).words()
                        + ", whose settings are " + own.stream().map(Names::option).collect(Collectors.joining(", ")));
            }
        }
        return given;
    }
}
