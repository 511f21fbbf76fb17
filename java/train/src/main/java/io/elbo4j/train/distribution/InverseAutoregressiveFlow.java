package io.elbo4j.train.distribution;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.MaskedDense;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A Gaussian that is bent step by step, a posterior (Kingma et al. 2016, algorithm 1). Each step has a network of one
 * hidden layer, masked so that the mean and gate of a dimension see the dimensions before it alone (Germain et al.
 * 2015), and the context: the Jacobian is triangular, its determinant the product of the gates.
 *
 * <pre>
 *   z_0 = mean + exp(logVariance / 2) eps
 *   [m_t, s_t] = network_t(z_t-1, context),  gate_t = sigmoid(s_t + 2),  z_t = gate_t z_t-1 + (1 - gate_t) m_t
 *   log q(z_T) = -|eps|^2 / 2 - sum logVariance / 2 - D/2 log 2 pi - sum over t of sum log gate_t
 * </pre>
 *
 * The order of the dimensions is the other way round in every other step. Its KL is estimated from its samples. Its
 * density is known of these only: it is no likelihood and no prior; nor is its mean known.
 */
public final class InverseAutoregressiveFlow implements Posterior {
    /** At first a step changes little. */
    private static final float OPEN = 2;

    private final Value mean;
    private final Value logVariance;
    private final Value context;
    private final List<Network> steps;

    private InverseAutoregressiveFlow(Value mean, Value logVariance, Value context, List<Network> steps) {
        this.mean = mean;
        this.logVariance = logVariance;
        this.context = context;
        this.steps = steps;
    }

    /**
     * Of new layers: {@code name}, the Gaussian's two heads on x, as {@link DiagonalGaussian#of} has them; and of step
     * t {@code name.t.context}, {@code name.t.hidden} and {@code name.t.out}. The context is x.
     *
     * @param columns D, at least 2
     * @param units of each hidden layer, at least D - 1
     * @param steps at least 1
     */
    public static InverseAutoregressiveFlow of(String name, Value x, long columns, long units, int steps) {
        requireGiven("name", name);
        requireGiven("x", x);
        require(columns >= 2, "columns", "at least 2", columns);
        require(units >= columns - 1, "units", "at least " + (columns - 1) + ", one for each dimension but one", units);
        require(steps >= 1, "steps", "at least 1", steps);
        DiagonalGaussian first = DiagonalGaussian.of(name, x, columns);
        return new InverseAutoregressiveFlow(first.mean(), first.logVariance(), x, IntStream.range(0, steps).mapToObj(
                t -> new Network(name + "." + t, x.columns(), (int) columns, (int) units, t % 2 == 1)).toList());
    }

    /** Mean and gate of each dimension by those before it. */
    private static final class Network {
        private final String name;
        private final int columns;
        private final int units;
        private final Dense context;
        private final MaskedDense hidden;
        private final MaskedDense out;

        Network(String name, long inputs, int columns, int units, boolean reversed) {
            this.name = name;
            this.columns = columns;
            this.units = units;
            context = new Dense(name + ".context", inputs, units + 2L * columns, Activation.IDENTITY);
            float[] in = new float[columns * units];
            float[] after = new float[units * 2 * columns];
            for (int unit = 0; unit < units; unit++) {
                // how many dimensions it sees, from 1 to D - 1
                int sees = 1 + unit % (columns - 1);
                for (int i = 0; i < columns; i++) {
                    int place = reversed ? columns - 1 - i : i;
                    in[i * units + unit] = place < sees ? 1 : 0;
                    after[unit * 2 * columns + i] = place >= sees ? 1 : 0;
                    after[unit * 2 * columns + columns + i] = place >= sees ? 1 : 0;
                }
            }
            hidden = new MaskedDense(name + ".hidden", columns, units, in);
            out = new MaskedDense(name + ".out", units, 2L * columns, after);
        }

        private static Value slice(Value x, String role, long begin, long end) {
            return Slice.of(x.graph().freeName(x.name() + "." + role), x, begin, end);
        }

        /** [m | s]. */
        Value apply(Value z, Value h) {
            Value given = context.apply(h);
            Value seen = Activate.of(Add.of(hidden.apply(z), slice(given, "hidden", 0, units)), Activation.ELU);
            return Add.of(out.apply(seen), slice(given, "out", units, units + 2L * columns));
        }

        Value mean(Value both) {
            return slice(both, "mean of " + name, 0, columns);
        }

        Value gate(Value both) {
            return Scale.of(slice(both, "gate of " + name, columns, 2L * columns), 1, OPEN);
        }
    }

    @Override
    public long columns() {
        return mean.columns();
    }

    @Override
    public List<Value> parameters() {
        return List.of(mean, logVariance, context);
    }

    @Override
    public InverseAutoregressiveFlow with(UnaryOperator<Value> each) {
        return new InverseAutoregressiveFlow(each.apply(mean), each.apply(logVariance), each.apply(context), steps);
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        throw new IllegalArgumentException("'" + plan.node().name() + "': an InverseAutoregressiveFlow has a density of"
                + " its own samples only");
    }

    @Override
    public boolean isDrawable() {
        return false;
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        throw new IllegalArgumentException("'" + owner.name() + "': an InverseAutoregressiveFlow is no prior");
    }

    @Override
    public Value mean() {
        throw new IllegalArgumentException("the mean of an InverseAutoregressiveFlow is not known");
    }

    @Override
    public Latent latent(String name, @Nullable Distribution prior) {
        Distribution p = prior == null ? new StandardNormal(columns()) : prior;
        Graph graph = mean.graph();
        Value eps = NormalNoise.of(graph, "noise of " + name, mean.rows().union(Rows.of(Axis.SAMPLE)), columns());
        Value z = Add.of(mean, Multiply.of(Activate.of(Scale.of(logVariance, 0.5f, 0), Activation.EXP), eps));
        Value squares = RowSum.of(Activate.of(eps, Activation.SQUARE));
        Value logQ = Subtract.of(Scale.of(squares, -0.5f, (float) (-0.5 * columns() * StrictMath.log(2 * Math.PI))),
                Scale.of(RowSum.of(logVariance), 0.5f, 0));
        for (Network step : steps) {
            Value both = step.apply(z, context);
            Value m = step.mean(both);
            Value s = step.gate(both);
            z = Add.of(m, Multiply.of(Activate.of(s, Activation.SIGMOID), Subtract.of(z, m)));
            // -log sigmoid(s)
            logQ = Add.of(logQ, RowSum.of(Activate.of(Scale.of(s, -1, 0), Activation.SOFTPLUS)));
        }
        Value ofSample = logQ;
        return new ComposedLatent(name, this, p, z) {
            @Override
            protected void added(Graph owner) {
                Value ratio = Subtract.of(LogDensity.of("log p of " + name(), p, this), ofSample);
                ValueTerm.of("KL of " + name(), Term.Role.KL, Scale.of(ratio, -1, 0));
                ValueTerm.of("log p / q of " + name(), Term.Role.LOG_RATIO, ratio);
            }
        };
    }
}
