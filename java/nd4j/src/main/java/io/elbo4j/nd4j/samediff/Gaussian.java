package io.elbo4j.nd4j.samediff;

import io.elbo4j.nd4j.GaussianLogLikelihood;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** mean, logVariance, x -> logLikelihood. */
public final class Gaussian extends FusedOperation {
    @Override
    public String opName() {
        return "elbo4j_gaussian_log_likelihood";
    }

    @Override
    long[] resultShape(int result, List<INDArray> in) {
        return new long[] {in.get(0).size(0)};
    }

    @Override
    void run(List<INDArray> in, List<INDArray> out) {
        INDArray mean = in.get(0);
        GaussianLogLikelihood.forward(mean, Broadcast.rows(in.get(1), mean), in.get(2), out.get(0));
    }

    @Override
    public List<SDVariable> doDiff(List<SDVariable> d) {
        SDVariable[] gradients = new Gradient().of(arg(0), arg(1), arg(2), d.get(0));
        return List.of(gradients[0], gradients[1], new DataGradient().of(arg(2), gradients[0])[0]);
    }

    /** mean, logVariance, x, dLogLikelihood -> dMean, dLogVariance. */
    public static final class Gradient extends FusedOperation {
        @Override
        public String opName() {
            return "elbo4j_gaussian_log_likelihood_bp";
        }

        @Override
        public int getNumOutputs() {
            return 2;
        }

        @Override
        void run(List<INDArray> in, List<INDArray> out) {
            INDArray mean = in.get(0);
            INDArray logLikelihood = Nd4j.createUninitialized(DataType.FLOAT, mean.size(0));
            INDArray dLogVariance = Broadcast.eachRow(out.get(1), mean);
            GaussianLogLikelihood.fused(mean, Broadcast.rows(in.get(1), mean), in.get(2), in.get(3), logLikelihood,
                    out.get(0), dLogVariance);
            Broadcast.sum(dLogVariance, out.get(1));
        }
    }

    /** x, dMean -> dx; apart, as SameDiff then computes it only where it is needed. */
    public static final class DataGradient extends FusedOperation {
        @Override
        public String opName() {
            return "elbo4j_gaussian_log_likelihood_data_bp";
        }

        @Override
        void run(List<INDArray> in, List<INDArray> out) {
            Broadcast.sumSamples(in.get(1).neg(), out.get(0));
        }
    }
}
