package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.ArgumentException;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.operation.Transpose;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A gated recurrent unit (Cho et al. 2014) in the form of cuDNN and PyTorch, with H units:
 *
 * <pre>
 *   r = sigmoid(x W_r + b_r + h U_r + c_r),  z = sigmoid(x W_z + b_z + h U_z + c_z)
 *   n = tanh(x W_n + b_n + r (h U_n + c_n)),  h' = (1 - z) n + z h
 * </pre>
 *
 * Its parameters are {@code name.input.weight} and {@code name.input.bias}, W: inputs x 3 H and b: 1 x 3 H, with the
 * columns n, r, z; and {@code name.state.weight} and {@code name.state.bias}, U: H x 3 H and c: 1 x 3 H, with the
 * columns r, z, n. All are uniform in [-1/sqrt(H), 1/sqrt(H)) at first. Applied several times, or in several graphs, it
 * is the same layer.
 *
 * <p>{@link #normalised} is the unit of DreamerV2 (Hafner et al. 2021): r, z and n from one layer normalisation of
 * x W + h U.
 *
 * <p>The products with x are one for all steps, those with h one for each step. A worker takes its rows from the first
 * step to the last without waiting for another one.
 */
public final class Gru {
    /** That of the published agent. */
    private static final float EPSILON = 1e-3f;

    private final String name;
    private final long units;
    private final boolean normalised;
    private final Parameter input;
    private final Parameter state;
    /** The biases of both products, or gain and bias of the normalisation. */
    private final Parameter first;
    private final Parameter second;

    /** @throws io.elbo4j.ArgumentException if inputs or units are below 1 */
    public Gru(String name, long inputs, long units) {
        this(name, inputs, units, false);
    }

    private Gru(String name, long inputs, long units, boolean normalised) {
        ArgumentException.require(inputs >= 1, "inputs", "at least 1", inputs);
        ArgumentException.require(units >= 1 && units <= Integer.MAX_VALUE, "units", "1 to 2^31 - 1", units);
        this.name = requireGiven("name", name);
        this.units = units;
        this.normalised = normalised;
        this.input = Parameter.uniform(name + ".input.weight", inputs, 3 * units, units);
        this.state = Parameter.uniform(name + ".state.weight", units, 3 * units, units);
        this.first = normalised ? Parameter.constant(name + ".norm.gamma", 1, 3 * units, 1)
                : Parameter.uniform(name + ".input.bias", 1, 3 * units, units);
        this.second = normalised ? Parameter.constant(name + ".norm.beta", 1, 3 * units, 0)
                : Parameter.uniform(name + ".state.bias", 1, 3 * units, units);
    }

    /**
     * With normalised gates: r = sigmoid(g_r), z = sigmoid(1 - g_z), n = tanh(r g_n), g = norm(x W + h U), with an
     * epsilon of 1e-3. Its parameters are {@code name.input.weight}, W: inputs x 3 H, {@code name.state.weight}, U: H x
     * 3 H, {@code name.norm.gamma} and {@code name.norm.beta}, 1 x 3 H, ones and zeros at first; the columns of all are
     * r, z, n. (DreamerV2's update gate is 1 - z; its columns are reset, candidate, update.)
     */
    public static Gru normalised(String name, long inputs, long units) {
        return new Gru(name, inputs, units, true);
    }

    /** A new layer, applied to the steps of x, from a state of zeros. */
    public static Value of(String name, Value x, long units) {
        requireGiven("x", x);
        return new Gru(name, x.columns(), units).apply(x);
    }

    /** The state after each of the steps of x, whose innermost axis is TIME, from a state of zeros. */
    public Value apply(Value x) {
        return apply(x, Optional.empty(), Optional.empty());
    }

    /**
     * The state after each of the steps of x.
     *
     * @param x rows of which TIME is the innermost axis
     * @param initial the state before the first step: H columns, rows without TIME
     * @param begins one column: where it is not 0 a step is the first of a new sequence. It sees a state of zeros, and
     *     no gradient passes
     * @throws IllegalArgumentException if one of them has other rows or columns
     */
    public Value apply(Value x, Optional<Value> initial, Optional<Value> begins) {
        requireGiven("x", x);
        requireGiven("initial", initial);
        requireGiven("begins", begins);
        List<Axis> axes = x.rows().axes();
        require(!axes.isEmpty() && axes.get(axes.size() - 1) == Axis.TIME, "a value whose innermost axis is TIME", x);
        return applied(x, new io.elbo4j.train.graph.Rows(axes.subList(0, axes.size() - 1)), initial, begins);
    }

    /** The state after one step: x and h may have any rows. */
    public Value step(Value x, Value h) {
        requireGiven("x", x);
        requireGiven("h", h);
        io.elbo4j.train.graph.Rows rows = x.rows().union(h.rows());
        return applied(x.graph().repeat(x, rows), rows, Optional.of(h), Optional.empty());
    }

    private Value applied(Value x, io.elbo4j.train.graph.Rows sequences, Optional<Value> initial,
            Optional<Value> begins) {
        require(x.columns() == input.rows(), input.rows() + " columns", x);
        initial.ifPresent(h -> require(h.columns() == units && h.rows().within(sequences), units
                + " columns for its first state, with rows of " + sequences, h));
        begins.ifPresent(b -> require(b.columns() == 1 && b.rows().within(x.rows()),
                "1 column of where sequences begin, with rows of " + x.rows(), b));
        return x.graph().add(new Applied(x.graph().freeName(name), this, x, sequences, initial.map(h -> x.graph()
                .repeat(h, sequences)), begins.map(b -> x.graph().repeat(b, x.rows()))));
    }

    private void require(boolean holds, String takes, Value given) {
        if (!holds) {
            throw new IllegalArgumentException("layer '" + name + "' takes " + takes + ", '" + given.name() + "' has "
                    + given.columns() + " and rows of " + given.rows());
        }
    }

    private static final class Applied extends Value {
        private final Gru layer;
        private final Value x;
        private final io.elbo4j.train.graph.Rows sequences;
        private final Optional<Value> initial;
        private final Optional<Value> begins;
        private final long units;

        Applied(String name, Gru layer, Value x, io.elbo4j.train.graph.Rows sequences, Optional<Value> initial,
                Optional<Value> begins) {
            super(name, layer.units, x.rows(), Stream.of(Optional.of(x), initial, begins).flatMap(Optional::stream)
                    .toList(), List.of(layer.input, layer.state, layer.first, layer.second));
            this.layer = layer;
            this.x = x;
            this.sequences = sequences;
            this.initial = initial;
            this.begins = begins;
            this.units = layer.units;
        }

        private long steps(Plan plan) {
            return plan.rows(this) / plan.rows(sequences);
        }

        /** A row for each sequence: those of one step. */
        private Matrix at(Plan plan, long step, Matrix ofAll) {
            return Matrix.view(ofAll.storage(), ofAll.offset() + step * ofAll.rowStride(), plan.rows(sequences), ofAll
                    .columns(), steps(plan) * ofAll.rowStride());
        }

        private Matrix begins(Plan plan, long step) {
            return begins.map(b -> at(plan, step, plan.value(b))).orElse(null);
        }

        /** Candidate, reset gate, update gate, and the candidate's product with the state, of all steps. */
        private Matrix gates(Plan plan) {
            return plan.buffer(this, "gates", plan.rows(this), 4 * units);
        }

        /** The states that the steps see. */
        private Matrix seen(Plan plan) {
            return plan.buffer(this, "state seen", plan.rows(this), units);
        }

        private Matrix ofOneStep(Plan plan, String role, long columns) {
            return plan.buffer(this, role, plan.rows(sequences), columns);
        }

        @Override
        protected void forward(Plan plan) {
            GruNorm norm = layer.normalised ? new GruNorm(plan, this, steps(plan), layer.first, layer.second, EPSILON)
                    : null;
            Matrix gates = gates(plan);
            Matrix products = ofOneStep(plan, "products", 3 * units);
            plan.launch(Matmul.forward(plan.value(x), plan.parameter(layer.input), norm == null ? plan.parameter(
                    layer.first) : null, false, norm == null ? gates.columns(0, 3 * units) : norm.sums()));
            begin(plan, at(plan, 0, seen(plan)));
            for (long t = 0; t < steps(plan); t++) {
                Matrix h = at(plan, t, seen(plan));
                plan.launch(Matmul.forward(h, plan.parameter(layer.state), norm == null ? plan.parameter(layer.second)
                        : null, false, products));
                if (norm != null) {
                    Matrix sums = at(plan, t, norm.sums());
                    plan.launch(Arithmetic.add(sums, products, sums), norm.forward(t, sums, products));
                }
                boolean last = t + 1 == steps(plan);
                Matrix of = at(plan, t, gates);
                plan.launch(io.elbo4j.operation.Gru.forward(norm == null ? of.columns(0, 3 * units) : null, products, h,
                        last ? null : begins(plan, t + 1), of, at(plan, t, plan.value(this)), last ? null : at(plan,
                                t + 1, seen(plan))));
            }
        }

        private void begin(Plan plan, Matrix target) {
            Matrix begins = begins(plan, 0);
            if (initial.isEmpty()) {
                plan.launch(Rows.fill(0, target));
            } else if (begins == null) {
                plan.launch(Rows.copy(plan.value(initial.get()), target));
            } else {
                plan.launch(io.elbo4j.operation.Gru.reset(plan.value(initial.get()), begins, target));
            }
        }

        @Override
        protected void backward(Plan plan) {
            GruNorm norm = layer.normalised ? new GruNorm(plan, this, steps(plan), layer.first, layer.second, EPSILON)
                    : null;
            Matrix dGates = plan.buffer(this, "gradient of gates", plan.rows(this), 4 * units);
            Matrix dProducts = dGates.columns(units, 4 * units);
            // of x W and of h U
            Matrix ofInput = norm == null ? dGates.columns(0, 3 * units) : norm.dSums();
            Matrix ofState = norm == null ? dProducts : norm.dSums();
            boolean wantsInitial = initial.isPresent() && plan.wants(initial.get());
            boolean carries = steps(plan) > 1 || wantsInitial;
            Matrix transposed = carries ? plan.buffer(this, "transposed weight", 3 * units, units) : null;
            Matrix products = carries ? ofOneStep(plan, "gradient by gate", 3 * units) : null;
            if (carries) {
                plan.launch(Transpose.of(plan.parameter(layer.state), transposed));
            }
            Matrix passed = ofOneStep(plan, "gradient beside the gates", units);
            for (long t = steps(plan) - 1; t >= 0; t--) {
                boolean last = t + 1 == steps(plan);
                plan.launch(io.elbo4j.operation.Gru.backward(at(plan, t, gates(plan)), at(plan, t, seen(plan)), at(plan,
                        t, plan.gradient(this)), last ? null : products, last ? null : passed, last ? null : begins(
                                plan, t + 1), layer.normalised, at(plan, t, dGates), passed));
                if (norm != null) {
                    plan.launch(norm.backward(t, at(plan, t, norm.sums()), at(plan, t, dProducts), at(plan, t, norm
                            .dSums())));
                }
                for (long gate = 0; gate < 3 && (t > 0 || wantsInitial); gate++) {
                    plan.launch(Matmul.forward(at(plan, t, ofState).columns(gate * units, (gate + 1) * units),
                            transposed.rows(gate * units, (gate + 1) * units), null, false, products.columns(gate
                                    * units, (gate + 1) * units)));
                }
            }
            if (wantsInitial) {
                plan.launch(io.elbo4j.operation.Gru.stateGradient(products, passed, begins(plan, 0), plan.gradientOf(
                        initial.get())));
            }
            if (plan.wants(x)) {
                Matrix gate = x.gated() ? plan.value(x) : null;
                plan.launch(Matmul.inputGradient(ofInput, plan.parameter(layer.input), gate, plan.gradientOf(x,
                        gate != null)));
            }
            plan.parameterGradient(layer.input, target -> Matmul.weightGradient(plan.value(x), ofInput, target));
            plan.parameterGradient(layer.state, target -> Matmul.weightGradient(seen(plan), ofState, target));
            if (norm == null) {
                plan.parameterGradient(layer.first, target -> Sums.columns(ofInput, target));
                plan.parameterGradient(layer.second, target -> Sums.columns(ofState, target));
            } else {
                norm.parameterGradients(dProducts);
            }
        }
    }
}
