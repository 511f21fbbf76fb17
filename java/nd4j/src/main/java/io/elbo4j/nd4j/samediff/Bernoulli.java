package io.elbo4j.nd4j.samediff;

import io.elbo4j.nd4j.BernoulliLogLikelihood;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** logits, x -> logLikelihood. */
public final class Bernoulli extends FusedOperation {
    @Override
    public String opName() {
        return "elbo4j_bernoulli_log_likelihood";
    }

    @Override
    long[] resultShape(int result, List<INDArray> in) {
        return new long[] {in.get(0).size(0)};
    }

    @Override
    void run(List<INDArray> in, List<INDArray> out) {
        BernoulliLogLikelihood.forward(in.get(0), in.get(1), out.get(0));
    }

    @Override
    public List<SDVariable> doDiff(List<SDVariable> d) {
        return List.of(new Gradient().of(arg(0), arg(1), d.get(0))[0],
                new DataGradient().of(arg(1), arg(0), d.get(0))[0]);
    }

    /** logits, x, dLogLikelihood -> dLogits. */
    public static final class Gradient extends FusedOperation {
        @Override
        public String opName() {
            return "elbo4j_bernoulli_log_likelihood_bp";
        }

        @Override
        void run(List<INDArray> in, List<INDArray> out) {
            INDArray logLikelihood = Nd4j.createUninitialized(DataType.FLOAT, in.get(0).size(0));
            BernoulliLogLikelihood.fused(in.get(0), in.get(1), in.get(2), logLikelihood, out.get(0));
        }
    }

    /** x, logits, dLogLikelihood -> dx; apart, as SameDiff then computes it only where it is needed. */
    public static final class DataGradient extends FusedOperation {
        @Override
        public String opName() {
            return "elbo4j_bernoulli_log_likelihood_data_bp";
        }

        @Override
        void run(List<INDArray> in, List<INDArray> out) {
            INDArray logits = in.get(1);
            long rows = logits.size(0);
            Broadcast.sumSamples(logits.reshape('c', rows, logits.length() / rows)
                    .mulColumnVector(in.get(2).reshape(rows, 1)), out.get(0));
        }
    }
}
