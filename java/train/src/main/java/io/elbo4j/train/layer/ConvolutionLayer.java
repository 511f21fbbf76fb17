package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What convolutions of both directions are: images of one size from those of the other. */
final class ConvolutionLayer {
    /** From the big images to the small ones, or back: forward in one layer, the input's gradient in the other. */
    interface Direction {
        Launch run(ConvolutionShape shape, Matrix input, Matrix weight, @Nullable Matrix bias, boolean relu,
                @Nullable Matrix gate, Matrix result);
    }

    private static final Direction GATHER = io.elbo4j.operation.Convolution::gather;
    private static final Direction SPREAD = io.elbo4j.operation.Convolution::spread;

    /**
     * Leaves of so many elements (16 MB) at most have memory of their own, so that a device can add those of all layers
     * in one launch. Larger ones make launches so long that their number does not matter, but would fill the memory.
     */
    private static final long MOST_WAITING = 1 << 22;

    private final String name;
    private final ConvolutionShape shape;
    private final boolean transposed;
    private final Activation activation;
    private final Parameter weight;
    private final Parameter bias;

    ConvolutionLayer(String name, ConvolutionShape shape, boolean transposed, Activation activation) {
        this.name = requireGiven("name", name);
        this.shape = requireGiven("shape", shape);
        this.transposed = transposed;
        this.activation = requireGiven("activation", activation);
        weight = Parameter.uniform(name + ".weight", shape.weightRows(), shape.smallChannels(), shape.weightRows());
        bias = Parameter.uniform(name + ".bias", 1, transposed ? shape.bigChannels() : shape.smallChannels(), shape
                .weightRows());
    }

    Value apply(Value x) {
        requireGiven("x", x);
        long taken = transposed ? shape.smallImage() : shape.bigImage();
        if (x.columns() != taken) {
            throw new IllegalArgumentException("layer '" + name + "' takes images of " + taken + " values, '"
                    + x.name() + "' has " + x.columns());
        }
        return x.graph().add(new Applied(x.graph().freeName(name), x, this));
    }

    /** Backward: dPre = activation'(pre) dy, dx by the other direction, dW and db summed over images and pixels. */
    private static final class Applied extends Value {
        private final Value x;
        private final ConvolutionLayer layer;

        Applied(String name, Value x, ConvolutionLayer layer) {
            super(name, layer.transposed ? layer.shape.bigImage() : layer.shape.smallImage(), x.rows(), List.of(x),
                    List.of(layer.weight, layer.bias));
            this.x = x;
            this.layer = layer;
        }

        @Override
        public boolean gated() {
            return layer.activation == Activation.RELU;
        }

        private boolean separate() {
            return layer.activation != Activation.IDENTITY && layer.activation != Activation.RELU;
        }

        private Matrix preActivation(Plan plan) {
            return plan.buffer(this, "pre-activation", plan.rows(this), columns());
        }

        @Override
        protected void forward(Plan plan) {
            Matrix pre = separate() ? preActivation(plan) : plan.value(this);
            plan.launch((layer.transposed ? SPREAD : GATHER).run(layer.shape, plan.value(x), plan.parameter(
                    layer.weight), plan.parameter(layer.bias), gated(), null, pre));
            if (separate()) {
                plan.launch(Elementwise.activation(layer.activation, pre, plan.value(this)));
            }
        }

        @Override
        protected void backward(Plan plan) {
            Matrix dPre = plan.gradient(this);
            if (separate()) {
                plan.launch(Elementwise.activationGradient(layer.activation, preActivation(plan), dPre, dPre));
            } else if (gated() && !plan.gradientIsGated(this)) {
                plan.launch(Elementwise.activationGradient(layer.activation, plan.value(this), dPre, dPre));
            }
            if (plan.wants(x)) {
                Matrix gate = x.gated() ? plan.value(x) : null;
                plan.launch((layer.transposed ? GATHER : SPREAD).run(layer.shape, dPre, plan.parameter(layer.weight),
                        null, false, gate, plan.gradientOf(x, gate != null)));
            }
            ConvolutionShape s = layer.shape;
            Matrix big = layer.transposed ? dPre : plan.value(x);
            Matrix small = layer.transposed ? plan.value(x) : dPre;
            plan.parameterGradient(layer.weight, target -> io.elbo4j.operation.Convolution.weightGradient(s, big,
                    small, workspace(plan, big), target));
            plan.parameterGradient(layer.bias, target -> io.elbo4j.operation.Convolution.biasGradient(layer.transposed
                    ? s.bigRows() : s.smallRows(), layer.transposed ? s.bigColumns() : s.smallColumns(), dPre, target));
        }

        private @Nullable Matrix workspace(Plan plan, Matrix images) {
            ConvolutionShape s = layer.shape;
            int leaves = io.elbo4j.operation.Convolution.leaves(images.rows(), s.smallRows(), s.smallColumns());
            if (leaves == 1 || plan.backend().memory() != Backend.Memory.DEVICE) {
                return null;
            }
            String role = "parts of the weights' gradient";
            long each = (long) s.weightRows() * s.smallChannels();
            long all = leaves * each;
            // one row, since layers have as many elements in other shapes, and share memory by the shape
            Matrix row = all <= MOST_WAITING ? plan.ownBuffer(this, role, 1, all) : plan.newBuffer(this, role, 1, all);
            return row.reshape(leaves, each);
        }
    }
}
