package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.distribution.Drawn;
import io.elbo4j.train.distribution.GaussianKlValue;
import io.elbo4j.train.distribution.LogDensity;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Columns;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Dropout;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.layer.Unflatten;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The deep Markov model (Krishnan et al. 2017, Structured inference networks for nonlinear state space models): p(x_t |
 * z_t) and a learned transition p(z_t | z_t-1, a_t-1), whose mean is gated between z_t-1 and a network's proposal. The
 * actions a are given, not modelled; a model may have none. Sequences may have any lengths up to the data's: steps past
 * a sequence's end have no terms, which a mask says. The ELBO is
 *
 * <pre>
 *   sum over t of E[log p(x_t | z_t) - KL(q(z_t | z_t-1, h_t) || p(z_t | z_t-1, a_t-1))]
 * </pre>
 *
 * Each step is read as (x_t, a_t-1), of which a_0 is zeros: what has led to a state with what is seen of it. h_t is the
 * state of a gated recurrent unit that reads the steps T, ..., t, which smooths (the paper's DKS), or 1, ..., t, which
 * filters: then q(z_t) depends on x_1..t and a_1..t-1 alone. q sees (tanh(W z_t-1 + b) + h_t) / 2. Only the chain of q
 * is unrolled: all else is one product for all steps. Drawn from the priors, it is a sequence of the model's own.
 */
public final class DeepMarkovModel extends GraphModel<DeepMarkovModel.Settings> {
    /** What of a sequence q(z_t) sees besides z_t-1. */
    public enum Looking {
        /** x_t, the action before it and all that comes after it */
        FUTURE,
        /** x_t and all that came before it */
        PAST
    }

    /**
     * The shape of the model.
     *
     * @param steps of the longest sequence, at least 1
     * @param columns of a step: of the observation, at least 1, then of the action
     */
    public record Settings(int steps, int columns, @Setting("latent dimensions of a step") int latent,
            @Setting("units of the recurrent inference network") int units,
            @Setting("units of the hidden layers of emission and transition") int width,
            @Setting( {
                    "what of a sequence q(z_t) sees besides z_t-1", "future: x_t and all that comes after it",
                    "past: x_t and all that came before it"}) Looking looking,
            @Setting("of x_t given z_t: as of vae, but neither gaussian-fixed nor sigma-vae; classes are 256,"
                    + " components 5") LikelihoodKind likelihood,
            @Setting("columns of each step, its last ones, that are an action: it is given, and p(z_t+1 | z_t, a_t)"
                    + " sees it") int actions,
            @Setting("share of the recurrent network's state that is left out while it trains, in [0, 1)") //
            double dropout){
        public Settings {
            require(steps >= 1, "steps", "at least 1", steps);
            require(columns >= 1, "columns", "at least 1", columns);
            require(latent >= 1, "latent", "at least 1", latent);
            require(units >= 1, "units", "at least 1", units);
            require(width >= 1, "width", "at least 1", width);
            Objects.requireNonNull(looking, "looking");
            likelihood.requireNotFixed();
            // its mean would be over the steps past a sequence's end, too
            require(likelihood != LikelihoodKind.SIGMA_VAE, "likelihood", "another one of vae in a model of sequences",
                    likelihood.inWords());
            require(actions >= 0 && actions < columns, "actions", "at least 0 and below the " + columns
                    + " columns of a step", actions);
            require(dropout >= 0 && dropout < 1, "dropout", "at least 0 and below 1", dropout);
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("deep-markov-model", "sequences, with actions or without: p(x_t | z_t), a learned p(z_t | z_t-1) and"
                    + " q(z_t | z_t-1, x); data with a mask", Settings.class);
        }

        @Override
        public Settings defaults(DataShape data) {
            if (data.kind() == DataKinds.NPY && data.height() == 1) {
                throw new DataException("the data has rows of " + data.width() * data.channels() + " values, which "
                        + name() + " would take for sequences of one step: expected an array of N x T x D, of N x T x 1"
                        + " if a step has one value");
            }
            return new Settings(data.height(), data.width() * data.channels(), 100, 200, 100, Looking.FUTURE,
                    LikelihoodKind.BERNOULLI, 0, 0);
        }

        @Override
        public DeepMarkovModel create(Settings settings) {
            return new DeepMarkovModel(settings);
        }

        @Override
        public Set<String> arrays() {
            return Set.of(Images.X, Images.MASK);
        }

        @Override
        public Map<String, Object> earlier() {
            return Map.of("likelihood", LikelihoodKind.BERNOULLI, "actions", 0, "dropout", 0.0);
        }
    }

    public DeepMarkovModel(Settings settings) {
        super(settings);
        int steps = settings.steps();
        int observed = settings.columns() - settings.actions();
        Value data = Unflatten.of(graph.input(Images.X, (long) steps * settings.columns()), Axis.TIME, steps);
        Value mask = graph.input(Images.MASK, steps, Rows.BATCH, Support.MASK);
        boolean acts = settings.actions() > 0;
        Value x = acts ? Slice.of("observations", data, 0, observed) : data;
        Optional<Value> actions = acts ? Optional.of(Slice.of("actions", data, observed, settings.columns()))
                : Optional.empty();
        Optional<Value> led = actions.map(this::before);
        Value first = LearnedRow.of(graph, "z.first", settings.latent(), 0);
        Value h = states(with("observations and actions before", settings.likelihood().seen(x), led), mask);
        if (settings.dropout() > 0) {
            h = Dropout.of("h.kept", h, settings.dropout());
        }

        Dense see = new Dense("posterior.0", settings.latent(), settings.units(), Activation.TANH);
        Dense posterior = new Dense("posterior", settings.units(), 2L * settings.latent(), Activation.IDENTITY);
        List<Value> parameters = new ArrayList<>();
        List<Value> before = new ArrayList<>();
        List<Value> drawn = new ArrayList<>();
        Transition transition = new Transition();
        Optional<Value> leading = led.map(each -> Flatten.of(each, Axis.TIME));
        Value z = first;
        for (int t = 0; t < steps; t++) {
            before.add(z);
            long at = (settings.looking() == Looking.FUTURE ? steps - 1 - t : t) * (long) settings.units();
            Value seen = Add.of(see.apply(z), Slice.of("h." + t, h, at, at + settings.units()));
            Value both = posterior.apply(Scale.of(seen, 0.5f, 0));
            // q(z_t | z_t-1, h_t); what is drawn from the priors is p(z_t | z_t-1, a_t-1)'s
            z = Draw.of("z." + t, DiagonalGaussian.halves(both), transition.of(z, action(leading, t)));
            parameters.add(both);
            drawn.add(z);
        }
        // halves of each step beside each other are those of all steps, one below the other
        DiagonalGaussian q = DiagonalGaussian.halves(all("posteriors", parameters));
        Value states = all("z", drawn);
        // p(z_t | z_t-1, a_t-1)
        DiagonalGaussian p = transition.of(all("z before", before), led);
        Value e = states;
        for (int i = 0; i < 2; i++) {
            e = Dense.of("emission." + i, e, settings.width(), Activation.RELU);
        }
        Distribution emission = settings.likelihood().of(e, observed); // p(x_t | z_t)
        Value seen = Unflatten.of(mask, Axis.TIME, steps);
        term("reconstruction", Term.Role.LOG_LIKELIHOOD, LogDensity.of("log p(x)", emission, x), seen);
        term("kl", Term.Role.KL, GaussianKlValue.of("KL of each step", q, p), seen);
        term("log ratio", Term.Role.LOG_RATIO, Subtract.of(LogDensity.of("log p(z)", p, states), LogDensity.of(
                "log q(z)", q, states)), seen);
        outputs.put(POSTERIOR_MEAN, q.mean());
        outputs.put(POSTERIOR_LOG_VARIANCE, q.logVariance());
        outputs.put("states", states);
        outputs.put(MEAN, with("means and actions", emission.mean(), actions));
        if (emission.isDrawable()) {
            outputs.put(DRAWN, with("draws and actions", Drawn.of("x.drawn", emission), actions));
        }
    }

    /** The action that has led to a step. */
    private Optional<Value> action(Optional<Value> leading, int step) {
        long columns = settings.actions();
        return leading.map(all -> Slice.of("action before " + step, all, step * columns, (step + 1) * columns));
    }

    /** The action that has led to each step: of the first one zeros. */
    private Value before(Value actions) {
        Value none = ConstantRow.of(graph, "no action", settings.actions(), 0);
        Value later = Concatenate.of("no action and actions", none, Flatten.of(actions, Axis.TIME));
        return Unflatten.of(Slice.of("actions before", later, 0, (long) settings.steps() * settings.actions()),
                Axis.TIME, settings.steps());
    }

    private static Value with(String name, Value first, Optional<Value> second) {
        return second.map(v -> Concatenate.of(name, first, v)).orElse(first);
    }

    /** The inference network's states, in the order in which it reads the steps. */
    private Value states(Value read, Value mask) {
        int steps = settings.steps();
        int columns = (int) read.columns();
        if (settings.looking() == Looking.PAST) {
            return Flatten.of(Gru.of("encoder", read, settings.units()), Axis.TIME);
        }
        int[] reversed = IntStream.range(0, steps * columns).map(i -> (steps - 1 - i / columns) * columns + i % columns)
                .toArray();
        // what a sequence has not comes first: its end begins anew, and so does what is not there
        int[] follower = IntStream.range(0, steps).map(s -> Math.min(steps - s, steps - 1)).toArray();
        Value begins = Scale.of(Columns.of("follower is there", mask, follower), -1, 1);
        Value back = Unflatten.of(Columns.of("x.reversed", Flatten.of(read, Axis.TIME), reversed), Axis.TIME, steps);
        return Flatten.of(new Gru("encoder", columns, settings.units()).apply(back, Optional.empty(), Optional.of(
                Unflatten.of(begins, Axis.TIME, steps))), Axis.TIME);
    }

    private Value all(String name, List<Value> ofSteps) {
        return Unflatten.of(Concatenate.of(name, ofSteps.get(0), ofSteps.subList(1, ofSteps.size()).toArray(
                Value[]::new)), Axis.TIME, settings.steps());
    }

    /** mean = z + g (proposal - z), logVariance from the proposal: equation 17 with the identity as its linear part. */
    private final class Transition {
        private final Dense gate0 = layer("gate.0", settings.latent() + settings.actions(), settings.width(),
                Activation.RELU);
        private final Dense gate = layer("gate", settings.width(), settings.latent(), Activation.SIGMOID);
        private final Dense proposal0 = layer("proposal.0", settings.latent() + settings.actions(), settings.width(),
                Activation.RELU);
        private final Dense proposal = layer("proposal", settings.width(), settings.latent(), Activation.IDENTITY);
        private final Dense logVariance = layer("logVariance", settings.latent(), settings.latent(),
                Activation.IDENTITY);

        private static Dense layer(String name, long inputs, long units, Activation activation) {
            return new Dense("transition." + name, inputs, units, activation);
        }

        /** p(z_t | z_t-1, a_t-1), of one step or of all. */
        DiagonalGaussian of(Value z, Optional<Value> action) {
            Value seen = with(graph.freeName("z and action before"), z, action);
            Value open = gate.apply(gate0.apply(seen));
            Value proposed = proposal.apply(proposal0.apply(seen));
            return new DiagonalGaussian(Add.of(z, Multiply.of(open, Subtract.of(proposed, z))), logVariance.apply(
                    proposed));
        }
    }

    private static void term(String name, Term.Role role, Value each, Value mask) {
        ValueTerm.of(name, role, Multiply.of(each, mask));
    }

    @Override
    public Objective objective(Schedule klWeight, double freeBits) {
        require(freeBits == 0, "freeBits", "0 with the deep-markov-model, whose KL is a sum over steps", freeBits);
        return super.objective(klWeight, freeBits);
    }
}
