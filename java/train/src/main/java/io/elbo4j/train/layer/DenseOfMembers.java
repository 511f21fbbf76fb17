package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A {@link Dense} layer for each member of an ensemble: y_m = activation(x_m W_m + b_m), a product each. Its parameters
 * are those of M dense layers named {@code name.m}. Where x has no members yet, all of them read the same x. Applied
 * several times, it is the same layer.
 */
public final class DenseOfMembers {
    private final String name;
    private final List<Parameter> weights;
    private final List<Parameter> biases;
    private final Activation activation;

    /**
     * Its parameters begin as those of {@link Dense}.
     *
     * @param members at least 1
     */
    public DenseOfMembers(String name, int members, long inputs, long units, Activation activation) {
        this(name, members, inputs, units, activation, 1);
    }

    /**
     * One whose parameters begin with other numbers.
     *
     * @param gain what those of {@link Dense} are multiplied by, above 0
     */
    public DenseOfMembers(String name, int members, long inputs, long units, Activation activation, double gain) {
        require(members >= 1, "members", "at least 1", members);
        require(inputs >= 1, "inputs", "at least 1", inputs);
        require(units >= 1, "units", "at least 1", units);
        this.name = requireGiven("name", name);
        this.weights = IntStream.range(0, members).mapToObj(m -> uniform(name + "." + m + ".weight", inputs, units,
                inputs, gain)).toList();
        this.biases = IntStream.range(0, members).mapToObj(m -> uniform(name + "." + m + ".bias", 1, units, inputs,
                gain)).toList();
        this.activation = requireGiven("activation", activation);
    }

    private static Parameter uniform(String name, long rows, long columns, long fanIn, double gain) {
        return new Parameter(name, rows, columns, (float) (gain / Math.sqrt(fanIn)), 0);
    }

    /**
     * A new layer for so many members, applied to x.
     *
     * @param members at least 1
     * @throws IllegalArgumentException if x has the components of a mixture
     */
    public static Value of(String name, int members, Value x, long units, Activation activation) {
        requireGiven("name", name);
        requireGiven("x", x);
        return new DenseOfMembers(name, members, x.columns(), units, activation).applied(name, x);
    }

    /**
     * @throws IllegalArgumentException if x has another number of columns than this layer has inputs, or the components
     *     of a mixture
     */
    public Value apply(Value x) {
        requireGiven("x", x);
        return applied(x.graph().freeName(name), x);
    }

    private Value applied(String as, Value x) {
        if (x.columns() != weights.get(0).rows() || x.rows().has(Axis.COMPONENT)) {
            throw new IllegalArgumentException("layer '" + name + "' takes " + weights.get(0).rows()
                    + " columns without"
                    + " the axis COMPONENT, '" + x.name() + "' has " + x.columns() + " with rows of " + x.rows());
        }
        return x.graph().add(new Applied(as, x, this));
    }

    private static final class Applied extends Value {
        private final Value x;
        private final List<Parameter> weights;
        private final List<Parameter> biases;
        private final Activation activation;

        Applied(String name, Value x, DenseOfMembers layer) {
            super(name, layer.weights.get(0).columns(), x.rows().union(Rows.of(Axis.MEMBER)), List.of(x), Stream.concat(
                    layer.weights.stream(), layer.biases.stream()).toList());
            this.x = x;
            this.weights = layer.weights;
            this.biases = layer.biases;
            this.activation = layer.activation;
        }

        @Override
        protected Map<Axis, Long> sizes() {
            return Map.of(Axis.MEMBER, (long) weights.size());
        }

        /** The rows of a member: it is the innermost axis. */
        private Matrix ofMember(int m, Matrix all) {
            return Matrix.view(all.storage(), all.offset() + m * all.rowStride(), all.rows() / weights.size(),
                    all.columns(), weights.size() * all.rowStride());
        }

        private boolean shared() {
            return !x.rows().has(Axis.MEMBER);
        }

        private Matrix input(int m, Plan plan) {
            return shared() ? plan.value(x) : ofMember(m, plan.value(x));
        }

        /** All members' rows as one, so that they are the items of the products too and no worker waits for another. */
        private Matrix together(Matrix all) {
            return all.rowStride() == all.columns() ? all.reshape(all.rows() / weights.size(), weights.size() * all
                    .columns()) : all;
        }

        private boolean separate() {
            return activation != Activation.IDENTITY;
        }

        private Matrix preActivation(Plan plan) {
            return separate() ? plan.buffer(this, "pre-activation", plan.rows(this), columns()) : plan.value(this);
        }

        @Override
        protected void forward(Plan plan) {
            Matrix pre = preActivation(plan);
            for (int m = 0; m < weights.size(); m++) {
                plan.launch(Matmul.forward(input(m, plan), plan.parameter(weights.get(m)), plan.parameter(biases.get(
                        m)),
                        false, ofMember(m, pre)));
            }
            if (separate()) {
                plan.launch(Elementwise.activation(activation, together(pre), together(plan.value(this))));
            }
        }

        @Override
        protected void backward(Plan plan) {
            Matrix gradient = plan.gradient(this);
            if (separate()) {
                Matrix known = activation == Activation.RELU ? plan.value(this) : preActivation(plan);
                plan.launch(Elementwise.activationGradient(activation, together(known), together(gradient), together(
                        gradient)));
            }
            if (plan.wants(x)) {
                inputGradient(plan, gradient);
            }
            for (int m = 0; m < weights.size(); m++) {
                Matrix input = input(m, plan);
                Matrix own = ofMember(m, gradient);
                plan.parameterGradient(weights.get(m), target -> Matmul.weightGradient(input, own, target));
                plan.parameterGradient(biases.get(m), target -> Sums.columns(own, target));
            }
        }

        private void inputGradient(Plan plan, Matrix gradient) {
            List<io.elbo4j.Launch> launches = new ArrayList<>();
            Matrix all = shared() ? null : plan.gradientOf(x);
            for (int m = 0; m < weights.size(); m++) {
                Matrix target = all == null ? plan.gradientOf(x) : ofMember(m, all);
                launches.add(Matmul.inputGradient(ofMember(m, gradient), plan.parameter(weights.get(m)), null, target));
                if (all == null) {
                    plan.launch(launches.remove(0));
                }
            }
            plan.launch(launches.toArray(io.elbo4j.Launch[]::new));
        }
    }
}
