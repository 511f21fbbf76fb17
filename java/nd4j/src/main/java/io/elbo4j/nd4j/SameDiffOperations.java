package io.elbo4j.nd4j;

import io.elbo4j.Noise;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The fused operations in graphs of SameDiff, with gradients. All variables are of FLOAT; shapes are those of the
 * operations on arrays, one number per row has the shape [B].
 *
 * <pre>
 *   SDVariable[] latent = SameDiffOperations.gaussianSampleKl(mean, logVariance);      // z, kl
 *   SDVariable logLikelihood = SameDiffOperations.bernoulliLogLikelihood(decoder(latent[0]), x);
 *   SDVariable loss = SameDiffOperations.negativeElbo(logLikelihood, latent[1]);
 *   loss.markAsLoss();
 * </pre>
 *
 * <p>A graph is saved with them. To load it, call {@link #register} first, if the process has used none of them yet.
 */
public final class SameDiffOperations {
    static {
        FusedOperation.register(new SampleKl());
        FusedOperation.register(new SampleKlGradient());
        FusedOperation.register(new Bernoulli());
        FusedOperation.register(new BernoulliGradient());
        FusedOperation.register(new NegativeElbo());
        FusedOperation.register(new NegativeElboGradient());
    }

    private SameDiffOperations() { }

    /** Makes the operations known to SameDiff, for graphs that are loaded. */
    public static void register() {
        // done when this class is loaded
    }

    /**
     * {@link GaussianSampleKl} to the standard normal prior: z (B x D) and kl ([B]). The step of the noise is drawn
     * from ND4J's generator each time: {@code Nd4j.getRandom().setSeed} makes runs repeatable.
     */
    public static SDVariable[] gaussianSampleKl(SDVariable mean, SDVariable logVariance) {
        SDVariable[] results = new SampleKl(mean.getSameDiff(), mean, logVariance).outputVariables();
        return new SDVariable[] {results[0], results[1]};
    }

    /**
     * {@link BernoulliLogLikelihood}, [B]. {@code x} is data, a placeholder or constant: it has no gradient (NaN where
     * one is asked for).
     */
    public static SDVariable bernoulliLogLikelihood(SDVariable logits, SDVariable x) {
        VariableType type = x.getVariableType();
        if (type != VariableType.PLACEHOLDER && type != VariableType.CONSTANT) {
            throw new IllegalArgumentException("bernoulliLogLikelihood: x must be a placeholder or constant, as its"
                    + " gradient is not computed, not of type " + type);
        }
        return new Bernoulli(logits.getSameDiff(), logits, x).outputVariable();
    }

    /**
     * The loss: mean over the batch of kl - logLikelihood (both [B], in nats), a scalar. {@code fit()} reports a loss
     * only where its gradient is computed from it, so 0 for most; the gradient of this one is.
     */
    public static SDVariable negativeElbo(SDVariable logLikelihood, SDVariable kl) {
        return new NegativeElbo(kl.getSameDiff(), logLikelihood, kl).outputVariable();
    }

    /** {@code step} is of 40 bits: 16 and 24 of them, as floats hold exactly; noop has no results of INT64. */
    private static Noise noise(INDArray step) {
        return new Noise(0, 0).step((long) step.getFloat(0) << 24 | (long) step.getFloat(1));
    }

    private static final DataType FLOAT = DataType.FLOAT;

    /** For SameDiff. */
    public static final class SampleKl extends FusedOperation {
        public SampleKl() { }

        SampleKl(SameDiff sd, SDVariable... inputs) {
            super(sd, inputs);
        }

        @Override
        public String opName() {
            return "elbo4j_gaussian_sample_kl";
        }

        @Override
        protected DataType[] resultTypes() {
            return new DataType[] {FLOAT, FLOAT, FLOAT};
        }

        @Override
        protected long[][] resultShapes(List<INDArray> in) {
            return new long[][] {in.get(0).shape(), {in.get(0).size(0)}, {2}};
        }

        @Override
        protected void run(List<INDArray> in, List<INDArray> out) {
            // handed on to the gradient, which draws the same noise again
            long random = Nd4j.getRandom().nextLong();
            out.get(2).putScalar(0, random >>> 48).putScalar(1, random & 0xFFFFFF);
            GaussianSampleKl.forward(in.get(0), in.get(1), noise(out.get(2)), out.get(0), out.get(1));
        }

        @Override
        public List<SDVariable> doDiff(List<SDVariable> d) {
            return List.of(new SampleKlGradient(sameDiff, arg(0), arg(1), outputVariables()[2], d.get(0), d.get(1))
                    .outputVariables());
        }
    }

    /** For SameDiff. */
    public static final class SampleKlGradient extends FusedOperation {
        public SampleKlGradient() { }

        SampleKlGradient(SameDiff sd, SDVariable... inputs) {
            super(sd, inputs);
        }

        @Override
        public String opName() {
            return "elbo4j_gaussian_sample_kl_bp";
        }

        @Override
        protected DataType[] resultTypes() {
            return new DataType[] {FLOAT, FLOAT};
        }

        @Override
        protected long[][] resultShapes(List<INDArray> in) {
            return new long[][] {in.get(0).shape(), in.get(0).shape()};
        }

        @Override
        protected void run(List<INDArray> in, List<INDArray> out) {
            GaussianSampleKl.backward(in.get(0), in.get(1), noise(in.get(2)), in.get(3), in.get(4), out.get(0),
                    out.get(1));
        }
    }

    /** For SameDiff. */
    public static final class Bernoulli extends FusedOperation {
        public Bernoulli() { }

        Bernoulli(SameDiff sd, SDVariable... inputs) {
            super(sd, inputs);
        }

        @Override
        public String opName() {
            return "elbo4j_bernoulli_log_likelihood";
        }

        @Override
        protected DataType[] resultTypes() {
            return new DataType[] {FLOAT};
        }

        @Override
        protected long[][] resultShapes(List<INDArray> in) {
            return new long[][] {{in.get(0).size(0)}};
        }

        @Override
        protected void run(List<INDArray> in, List<INDArray> out) {
            BernoulliLogLikelihood.forward(in.get(0), in.get(1), out.get(0));
        }

        @Override
        public List<SDVariable> doDiff(List<SDVariable> d) {
            return List.of(new BernoulliGradient(sameDiff, arg(0), arg(1), d.get(0)).outputVariable(),
                    arg(1).mul(Double.NaN));
        }
    }

    /** For SameDiff. */
    public static final class BernoulliGradient extends FusedOperation {
        public BernoulliGradient() { }

        BernoulliGradient(SameDiff sd, SDVariable... inputs) {
            super(sd, inputs);
        }

        @Override
        public String opName() {
            return "elbo4j_bernoulli_log_likelihood_bp";
        }

        @Override
        protected DataType[] resultTypes() {
            return new DataType[] {FLOAT};
        }

        @Override
        protected long[][] resultShapes(List<INDArray> in) {
            return new long[][] {in.get(0).shape()};
        }

        @Override
        protected void run(List<INDArray> in, List<INDArray> out) {
            INDArray logLikelihood = Nd4j.createUninitialized(FLOAT, in.get(0).size(0));
            BernoulliLogLikelihood.fused(in.get(0), in.get(1), in.get(2), logLikelihood, out.get(0));
        }
    }

    /** For SameDiff. */
    public static final class NegativeElbo extends FusedOperation {
        public NegativeElbo() { }

        NegativeElbo(SameDiff sd, SDVariable... inputs) {
            super(sd, inputs);
        }

        @Override
        public String opName() {
            return "elbo4j_negative_elbo";
        }

        @Override
        protected DataType[] resultTypes() {
            return new DataType[] {FLOAT};
        }

        @Override
        protected long[][] resultShapes(List<INDArray> in) {
            return new long[][] {{}};
        }

        @Override
        protected void run(List<INDArray> in, List<INDArray> out) {
            double sum = 0;
            for (long i = 0; i < in.get(0).length(); i++) {
                sum += in.get(1).getDouble(i) - in.get(0).getDouble(i);
            }
            out.get(0).assign(sum / in.get(0).length());
        }

        @Override
        public List<SDVariable> doDiff(List<SDVariable> d) {
            return List.of(new NegativeElboGradient(sameDiff, arg(0), outputVariable(), d.get(0)).outputVariables());
        }
    }

    /** For SameDiff. It takes the loss only so that the loss is computed, and reported. */
    public static final class NegativeElboGradient extends FusedOperation {
        public NegativeElboGradient() { }

        NegativeElboGradient(SameDiff sd, SDVariable... inputs) {
            super(sd, inputs);
        }

        @Override
        public String opName() {
            return "elbo4j_negative_elbo_bp";
        }

        @Override
        protected DataType[] resultTypes() {
            return new DataType[] {FLOAT, FLOAT};
        }

        @Override
        protected long[][] resultShapes(List<INDArray> in) {
            return new long[][] {in.get(0).shape(), in.get(0).shape()};
        }

        @Override
        protected void run(List<INDArray> in, List<INDArray> out) {
            double d = in.get(2).getDouble(0) / in.get(0).length();
            out.get(0).assign(-d);
            out.get(1).assign(d);
        }
    }
}
