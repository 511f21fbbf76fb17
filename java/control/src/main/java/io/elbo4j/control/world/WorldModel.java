package io.elbo4j.control.world;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;
import static io.elbo4j.control.network.Counts.requireWidths;

import io.elbo4j.Activation;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.layer.Unflatten;
import io.elbo4j.train.model.Setting;
import io.elbo4j.train.objective.FreeNats;
import io.elbo4j.train.objective.KlBalanced;
import io.elbo4j.train.objective.MeanFreeNats;
import io.elbo4j.train.schedule.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A latent world model: what happens, in the space of states s of a {@link StateSpace}. With the encoder e, one ELBO of
 * a window of T steps of an episode, in nats, a mean over the batch,
 *
 * <pre>
 *   sum over t of  E[log p(o_t | s_t) + log p(r_t | s_t) + log p(c_t | s_t)]
 *                  - KL(q(s_t | s_t-1, a_t-1, e(o_t)) || p(s_t | s_t-1, a_t-1))
 * </pre>
 *
 * <p>Here it is said once what belongs together. A row of an episode has what is seen, o_t; the action that has led to
 * it, a_t-1; the reward that has come with it, r_t; and whether anything comes after it, c_t, 0 where it has
 * terminated. An episode's first row has zeros for action and reward, its last one has no other row after it. So the
 * state of a step predicts the reward of the action before. A window begins with a state and an action of zeros, and of
 * its first row the reward is not asked, as nothing in the window has led to it.
 *
 * <p>The KL is free up to some nats: that of each step of each window (Hafner et al. 2023, equation 5), or the mean of
 * them all (Hafner et al. 2019, appendix A), where a threshold above what the KL settles at stops the prior from
 * learning at all. A share of it moves the prior alone, the rest the posterior alone ({@link KlBalanced}), so that with
 * a weight of 1 neither has all of the gradient; both have that of the ELBO with a share of 1/2 and a weight of 2.
 */
public final class WorldModel {
    /** Inputs of {@link #observe}, columns of an episode's memory. */
    public static final String OBSERVATION = "observation";
    public static final String ACTION = "action";
    public static final String REWARD = "reward";
    public static final String CONTINUES = "continues";
    /** What the names of the latent variables begin with: "z 0" is the first of a window. */
    public static final String DRAWN = "z ";
    private static final String CENTRE = "centre";
    public static final Set<String> INPUTS = Set.of(OBSERVATION, ACTION, REWARD, CONTINUES);

    /** How a state goes on. */
    public enum Path {
        /** {@link RecurrentStateSpace} */
        RECURRENT,
        /** {@link MarkovStateSpace} */
        MARKOV,
        /** {@link TwoLevelStateSpace} */
        TWO_LEVEL
    }

    /**
     * The shape of the model.
     *
     * @param path how a state goes on
     * @param units of the recurrent path and of the state space's hidden layers, at most 100,000
     * @param latent dimensions of what is drawn, at most 12,500
     * @param encoder units of its layers, at least one and at most 100 of 100,000; the last ones are what the posterior
     *     sees
     * @param decoder units of the hidden layers, as many at most
     * @param widths of the hidden layers of the networks of reward, end, action and value, as many at most
     * @param observationDeviation of p(o | s), from 1e-15 to 1e15
     * @param rewardScale what rewards are divided by, from 1e-15 to 1e15; their deviation is 1 then
     * @param klShare of the KL that moves the prior alone, from 0 to 1; the rest moves the posterior alone: with a
     *     {@code klWeight} of 1 neither has all of the ELBO's gradient, with 0.5 and a weight of 2 both have it
     * @param klWeight of the KL, from 0 to 1e30
     * @param freeNats of the KL of each step, at least 0
     * @param meanFreeNats whether they are of the mean KL of all steps of all windows, instead
     * @param centred whether encoder and decoder are of observations less a mean: {@link
     *     WorldModel#centre(Parameters, float[])}
     */
    public record Settings(
            @Setting("how a state goes on: recurrent, markov or two-level") Path path,
            @Setting("units of the recurrent path, and of the hidden layers of what draws the states") int units,
            @Setting("dimensions of what is drawn, at most 12500") int latent,
            @Setting("units of the encoder's layers; the last ones are what the posterior sees") //
            List<Integer> encoder,
            @Setting("units of the decoder's hidden layers") List<Integer> decoder,
            @Setting("units of the hidden layers of the networks of reward, end, action and value") //
            List<Integer> widths,
            @Setting("standard deviation of p(o | s), in the unit of the observations, above 0") //
            double observationDeviation,
            @Setting("what rewards are divided by, above 0; their standard deviation is 1 then") double rewardScale,
            @Setting("share of the KL that moves the prior alone, from 0 to 1; the rest moves the posterior alone, so"
                    + " that neither has all of its gradient") double klShare,
            @Setting("of the KL; 2 with a share of 0.5 gives prior and posterior all of its gradient, as the ELBO") //
            double klWeight,
            @Setting("nats of the KL of each step that cost nothing, at least 0") double freeNats,
            @Setting("they are of the mean KL of an update's steps, as in PlaNet and the first Dreamer, instead") //
            boolean meanFreeNats,
            @Setting("encoder and decoder are of what is seen less its mean in the random steps: for pixels, most of"
                    + " which hardly change") boolean centred) {
        public Settings {
            requireGiven("path", path);
            requireCount("units", units, Counts.UNITS);
            requireCount("latent", latent, Counts.UNITS / 8);
            encoder = requireWidths("encoder", encoder);
            require(!encoder.isEmpty(), "encoder", "at least one layer", "none");
            decoder = requireWidths("decoder", decoder);
            widths = requireWidths("widths", widths);
            require(observationDeviation >= 1e-15 && observationDeviation <= 1e15, "observationDeviation",
                    "from 1e-15 to 1e15", observationDeviation);
            require(rewardScale >= 1e-15 && rewardScale <= 1e15, "rewardScale", "from 1e-15 to 1e15", rewardScale);
            require(klShare >= 0 && klShare <= 1, "klShare", "from 0 to 1", klShare);
            require(klWeight >= 0 && klWeight <= 1e30, "klWeight", "from 0 to 1e30", klWeight);
            require(freeNats >= 0 && freeNats <= 1e30, "freeNats", "from 0 to 1e30", freeNats);
        }

        /** With a weight of 1. */
        public Settings(Path path, int units, int latent, List<Integer> encoder, List<Integer> decoder,
                List<Integer> widths, double observationDeviation, double rewardScale, double klShare,
                double freeNats, boolean meanFreeNats, boolean centred) {
            this(path, units, latent, encoder, decoder, widths, observationDeviation, rewardScale, klShare, 1,
                    freeNats, meanFreeNats, centred);
        }

        /** A recurrent path of 64, 8 dimensions, layers of 64, 1, rewards by 8, 0.8 for the prior, no free nats. */
        public static Settings small() {
            return new Settings(Path.RECURRENT, 64, 8, List.of(64, 64), List.of(64, 64), List.of(64, 64), 1, 8, 0.8,
                    0, false, false);
        }
    }

    private final Settings settings;
    private final int observations;
    private final int actions;
    private final StateSpace space;
    private final Network encoder;
    private final Network decoder;
    private final Network gained;
    private final Network goesOn;

    /**
     * @param observations columns of what is seen
     * @param actions columns of an action
     */
    public WorldModel(Settings settings, int observations, int actions) {
        this.settings = requireGiven("settings", settings);
        this.observations = observations;
        this.actions = actions;
        List<Integer> layers = settings.encoder();
        int embedding = layers.get(layers.size() - 1);
        this.space = switch (settings.path()) {
            case RECURRENT -> new RecurrentStateSpace("path", actions, embedding, settings.units(), settings.latent());
            case MARKOV -> new MarkovStateSpace("path", actions, embedding, settings.units(), settings.latent());
            case TWO_LEVEL -> new TwoLevelStateSpace("path", actions, embedding, settings.units(), settings.latent());
        };
        int states = space.columns();
        this.encoder = new Network("encoder", observations, layers.subList(0, layers.size() - 1), embedding);
        this.decoder = new Network("decoder", states, settings.decoder(), observations);
        this.gained = new Network("reward", states, settings.widths(), 1);
        this.goesOn = new Network("continues", states, settings.widths(), 1);
    }

    public Settings settings() {
        return settings;
    }

    public StateSpace space() {
        return space;
    }

    /**
     * A graph of one step of {@link #filter}, of any number of rows.
     *
     * @param before input: the state before
     * @param action input: that has led here, in [-1, 1]
     * @param observation input
     * @param state the one of now
     */
    public record Filtering(Graph graph, Value before, Value action, Value observation, Value state) {}

    public Filtering filtering() {
        Graph graph = new Graph();
        Value before = graph.input("state before", space.columns());
        Value action = graph.input(ACTION, actions);
        Value observation = graph.input(OBSERVATION, observations);
        return new Filtering(graph, before, action, observation, filter("now", before, action, observation));
    }

    /** What is known of what is drawn of a state: before anything is seen of it, and after. */
    record Known(DiagonalGaussian prior, DiagonalGaussian posterior) {}

    /** Of the state of now, added to its graph. */
    Known known(Filtering of) {
        Value context = space.context("before it is seen", of.before(), of.action());
        return new Known(space.prior(context), space.posterior(context, embed(of.observation())));
    }

    /** What q sees of an observation. */
    private Value embed(Value observation) {
        Value seen = settings.centred() ? Subtract.of(observation, centre(observation.graph())) : observation;
        return Activate.of(encoder.apply(seen), Activation.RELU);
    }

    private Value centre(Graph graph) {
        return graph.all(Value.class).stream().filter(v -> v.name().equals(CENTRE)).findFirst().orElseGet(
                () -> LearnedRow.of(graph, CENTRE, observations, 0));
    }

    /**
     * Says what observations are like on average, before anything is learned, where they are {@link Settings#centred}.
     * A step of Adam moves a unit of the encoder by its rate for each input that is not 0: what is the same in all
     * pictures would be most of what it learns from (LeCun et al. 1998, Efficient backprop, section 4.3).
     *
     * @param mean of each column
     */
    public void centre(Parameters parameters, float[] mean) {
        require(settings.centred(), "mean", "of observations that are centred", "of others");
        require(mean.length == observations, "mean", observations + " numbers", mean.length);
        parameters.all().stream().filter(s -> s.parameter().name().equals(CENTRE)).findFirst().orElseThrow().value()
                .set(mean);
    }

    /** What is trained of a graph of {@link #observe}: not the centre. */
    public static Set<Parameter> trained(Graph graph) {
        return graph.parameters().stream().filter(p -> !p.name().equals(CENTRE)).collect(Collectors.toSet());
    }

    /**
     * The model of windows, with its terms: inputs {@link #OBSERVATION}, {@link #ACTION}, {@link #REWARD} and {@link
     * #CONTINUES}, rows of BATCH x TIME.
     *
     * @param length steps of a window, from 2 to 1,000
     * @param asSeen what is seen of what is remembered
     * @return the states, with rows of BATCH x TIME
     */
    public Value observe(Graph graph, int length, UnaryOperator<Value> asSeen) {
        require(length >= 2 && length <= Counts.PARTS, "length", "from 2 to " + Counts.PARTS, length);
        Value seen = asSeen.apply(Unflatten.of(graph.input(OBSERVATION, (long) length * observations), Axis.TIME,
                length));
        Value led = graph.input(ACTION, (long) length * actions);
        Value rewards = graph.input(REWARD, length);
        Value after = Unflatten.of(graph.input(CONTINUES, length), Axis.TIME, length);

        Value embedded = Flatten.of(embed(seen), Axis.TIME);
        long width = embedded.columns() / length;
        Value state = ConstantRow.of(graph, "first state", space.columns(), 0);
        List<Value> states = new ArrayList<>();
        for (int t = 0; t < length; t++) {
            Value action = t == 0 ? ConstantRow.of(graph, "first action", actions, 0) : Slice.of("action " + t, led,
                    (long) t * actions, (t + 1L) * actions);
            Value e = Slice.of("e " + t, embedded, t * width, (t + 1) * width);
            Value context = space.context("step " + t, state, action);
            Value z = graph.latent(DRAWN + t, space.posterior(context, e), space.prior(context));
            state = space.state("s " + t, context, z, true);
            states.add(state);
        }
        Value all = Unflatten.of(Concatenate.of("states", states.get(0), states.subList(1, length).toArray(
                Value[]::new)), Axis.TIME, length);

        graph.observe(OBSERVATION + " seen", new DiagonalGaussian(observation(all), ConstantRow.of(graph,
                "log variance", observations, (float) (2 * Math.log(settings.observationDeviation())))), seen);
        float[] asked = new float[length];
        Arrays.fill(asked, 1, length, 1);
        Value isAsked = Unflatten.of(ConstantRow.of(graph, "reward is asked", asked), Axis.TIME, length);
        Value scaled = Scale.of(Unflatten.of(rewards, Axis.TIME, length), (float) (1 / settings.rewardScale()), 0);
        graph.observe(REWARD + " gained", new DiagonalGaussian(Multiply.of(reward(all), isAsked), ConstantRow.of(
                graph, "log variance of 1", 1, 0)), Multiply.of(scaled, isAsked));
        graph.observe(CONTINUES + " or ends", new Bernoulli(goesOn.apply(all)), after);
        return all;
    }

    /** What is minimised over windows. */
    public Objective objective() {
        Schedule weight = Schedule.constant(settings.klWeight());
        double free = settings.freeNats();
        return new KlBalanced(settings.meanFreeNats() ? new MeanFreeNats(weight, free) : new FreeNats(weight, free),
                settings
                        .klShare());
    }

    /**
     * The state of q, its mean, after a step.
     *
     * @param state before
     * @param action that has led here, in [-1, 1]
     */
    public Value filter(String name, Value state, Value action, Value observation) {
        Value context = space.context(name, state, action);
        return space.state(name + ".s", context, space.posterior(context, embed(observation)).mean(), false);
    }

    /** The state that the prior expects after a step, its mean. */
    public Value expect(String name, Value state, Value action) {
        Value context = space.context(name, state, action);
        return space.state(name + ".s", context, space.prior(context).mean(), false);
    }

    /** A state that is drawn from the prior. */
    public Value imagine(String name, Value state, Value action) {
        Value context = space.context(name, state, action);
        return space.state(name + ".s", context, Draw.of(name + ".drawn", space.prior(context)), true);
    }

    /** The mean of p(o | s). */
    public Value observation(Value states) {
        Value decoded = decoder.apply(states);
        return settings.centred() ? Add.of(decoded, centre(states.graph())) : decoded;
    }

    /** The mean of p(r | s), divided by the scale. */
    public Value reward(Value states) {
        return gained.apply(states);
    }

    /** The probability that anything comes after. */
    public Value continues(Value states) {
        return Activate.of(goesOn.apply(states), Activation.SIGMOID);
    }
}
