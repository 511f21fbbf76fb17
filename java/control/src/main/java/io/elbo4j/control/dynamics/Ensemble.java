package io.elbo4j.control.dynamics;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;
import static io.elbo4j.control.network.Counts.requireWidths;

import io.elbo4j.Activation;
import io.elbo4j.control.network.Counts;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.DenseOfMembers;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.layer.Unflatten;
import io.elbo4j.train.model.Setting;
import io.elbo4j.train.objective.WeightedSum;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A probabilistic ensemble (Lakshminarayanan et al. 2017; as dynamics Chua et al. 2018, PETS, section 4): each of its
 * members is a network that predicts a Gaussian of every output. With x and y normalised, m and v = exp(l) a member's
 * mean and variance, a member minimises
 *
 * <pre>
 *   sum over the outputs of  0.5 ((y - m)^2 / v + l),  times how often the member has drawn this row
 *   l = softly bounded to (-10, 4):  4 - softplus(4 - .), then -10 + softplus(. + 10)
 * </pre>
 *
 * <p>The mean of the members' variances is what the data itself scatters, aleatoric; the variance of their means is
 * what they do not know, epistemic. With {@code prior} above 0 each mean has a network beside it that is never trained
 * (Osband et al. 2018, Randomized prior functions, section 2.2): members that have learned the same from data go apart
 * where there is none. Within a hole of the data these must be rougher than what is learned, or all members come to the
 * same function there: {@code rough} ones are of tanh, with hidden parameters six times as wide as a network's.
 */
public final class Ensemble {
    private static final float LEAST = -10;
    private static final float MOST = 4;
    /** What the hidden parameters of rough priors are multiplied by: the wider, the more they turn. */
    private static final double ROUGH = 6;

    /**
     * What it consists of.
     *
     * @param members from 1 to 1,000
     * @param widths of the hidden layers, at most 100 of at most 100,000 units
     * @param prior what the networks that are not trained are multiplied by, at least 0; with 0 there are none
     * @param rough whether these are rough; else they begin as those that are trained
     */
    public record Settings(@Setting("networks of the model") int members,
            @Setting("units of their hidden layers, at most 100 layers") List<Integer> widths,
            @Setting("what networks beside these that are never trained are multiplied by; 0 if there are none") //
            double prior,
            @Setting("those that are never trained are rough ones") boolean rough) {
        /** Without rough networks. */
        public Settings(int members, List<Integer> widths, double prior) {
            this(members, widths, prior, false);
        }

        public Settings {
            requireCount("members", members, Counts.PARTS);
            widths = requireWidths(widths);
            require(prior >= 0 && Double.isFinite(prior), "prior", "at least 0", prior);
        }
    }

    /**
     * Of every row and member, in the outputs' own units.
     *
     * @param mean rows of the input, times members
     * @param deviation standard deviation
     */
    public record Prediction(Value mean, Value deviation) {}

    private final Graph graph;
    private final String name;
    private final Settings settings;
    private final Normaliser inputs;
    private final Normaliser outputs;
    private final int columns;
    private final List<DenseOfMembers> layers = new ArrayList<>();
    private final List<DenseOfMembers> priors = new ArrayList<>();

    /**
     * @param inputs columns of what it is given
     * @param outputs columns of what it predicts
     */
    public Ensemble(Graph graph, String name, int inputs, int outputs, Settings settings) {
        this.graph = requireGiven("graph", graph);
        this.name = requireGiven("name", name);
        this.settings = requireGiven("settings", settings);
        require(outputs >= 1, "outputs", "at least 1", outputs);
        this.columns = outputs;
        this.inputs = new Normaliser(graph, name + ".inputs", inputs);
        this.outputs = new Normaliser(graph, name + ".outputs", outputs);
        layers(layers, name + ".network.", inputs, 2L * outputs, Activation.SILU, 1);
        if (settings.prior() > 0) {
            layers(priors, name + ".prior.", inputs, outputs, settings.rough() ? Activation.TANH : Activation.SILU,
                    settings
                            .rough() ? ROUGH : 1);
        }
    }

    private void layers(List<DenseOfMembers> to, String prefix, long from, long last, Activation activation,
            double gain) {
        long width = from;
        for (int next : settings.widths()) {
            to.add(new DenseOfMembers(prefix + to.size(), settings.members(), width, next, activation, gain));
            width = next;
        }
        to.add(new DenseOfMembers(prefix + to.size(), settings.members(), width, last, Activation.IDENTITY));
    }

    private static Value through(List<DenseOfMembers> all, Value x) {
        Value h = x;
        for (DenseOfMembers layer : all) {
            h = layer.apply(h);
        }
        return h;
    }

    /** Mean and log-variance of normalised outputs. */
    private Prediction normalised(Value x) {
        Value given = inputs.normalise(x);
        Value both = through(layers, given);
        Value mean = Slice.of(graph.freeName(name + ".mean"), both, 0, columns);
        if (settings.prior() > 0) {
            mean = Add.of(mean, Scale.of(through(priors, given), (float) settings.prior(), 0));
        }
        Value free = Slice.of(graph.freeName(name + ".logVariance"), both, columns, 2L * columns);
        Value below = Scale.of(Activate.of(Scale.of(free, -1, MOST), Activation.SOFTPLUS), -1, MOST);
        return new Prediction(mean, Scale.of(Activate.of(Scale.of(below, 1, -LEAST), Activation.SOFTPLUS), 1, LEAST));
    }

    /** What each member says of these inputs. */
    public Prediction predict(Value x) {
        Prediction p = normalised(x);
        Value deviation = Activate.of(Scale.of(p.deviation(), 0.5f, 0), Activation.EXP);
        return new Prediction(outputs.restore(p.mean()), outputs.scale(deviation));
    }

    /**
     * Adds the loss of its members, a term under the ensemble's name.
     *
     * @param x inputs
     * @param y outputs
     * @param drawn a column for each member: how often it has drawn the row
     */
    public void observe(Value x, Value y, Value drawn) {
        Prediction p = normalised(x);
        Value error = Activate.of(Subtract.of(p.mean(), outputs.normalise(y)), Activation.SQUARE);
        Value precision = Activate.of(Scale.of(p.deviation(), -1, 0), Activation.EXP);
        Value each = RowSum.of(Scale.of(Add.of(Multiply.of(error, precision), p.deviation()), 0.5f, 0));
        ValueTerm.of(name, Term.Role.LOSS, Multiply.of(each, Unflatten.of(drawn, Axis.MEMBER, settings.members())));
    }

    /** What it minimises. */
    public Objective objective() {
        return new WeightedSum().with(name, Term.Role.LOSS, 1);
    }

    /** The parameters that are trained. */
    public Set<Parameter> parameters() {
        return graph.parameters().stream().filter(p -> p.name().startsWith(name + ".network.")).collect(Collectors
                .toSet());
    }

    /**
     * Normalises by these rows from now on.
     *
     * @param x inputs, row after row
     * @param y outputs
     */
    public void normalise(Parameters of, float[] x, float[] y) {
        inputs.fit(of, x);
        outputs.fit(of, y);
    }
}
