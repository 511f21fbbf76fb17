package io.elbo4j.nd4j.samediff;

import static io.elbo4j.nd4j.samediff.SampleKl.prior;

import io.elbo4j.nd4j.GaussianKl;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** mean, logVariance [, priorMean, priorLogVariance] -> kl. */
public final class Kl extends FusedOperation {
    @Override
    public String opName() {
        return "elbo4j_gaussian_kl";
    }

    @Override
    public int getNumOutputs() {
        return 1;
    }

    @Override
    long[] resultShape(int result, List<INDArray> in) {
        return new long[] {in.get(0).size(0)};
    }

    @Override
    void run(List<INDArray> in, List<INDArray> out) {
        INDArray mean = in.get(0);
        GaussianKl.forward(mean, in.get(1), Broadcast.rows(prior(in, 2, in.size()), mean),
                Broadcast.rows(prior(in, 3, in.size()), mean), out.get(0));
    }

    @Override
    public List<SDVariable> doDiff(List<SDVariable> d) {
        return List.of(new Gradient().of(Stream.concat(Stream.of(args()), d.stream()).toArray(SDVariable[]::new)));
    }

    /** The arguments of the operation and dKl -> the gradients of the arguments. */
    public static final class Gradient extends FusedOperation {
        @Override
        public String opName() {
            return "elbo4j_gaussian_kl_bp";
        }

        @Override
        public int getNumOutputs() {
            return args().length - 1;
        }

        @Override
        void run(List<INDArray> in, List<INDArray> out) {
            int count = out.size();
            INDArray mean = in.get(0);
            INDArray dPriorMean = Broadcast.eachRow(prior(out, 2, count), mean);
            INDArray dPriorLogVariance = Broadcast.eachRow(prior(out, 3, count), mean);
            GaussianKl.backward(mean, in.get(1), Broadcast.rows(prior(in, 2, count), mean),
                    Broadcast.rows(prior(in, 3, count), mean), in.get(count), out.get(0), out.get(1), dPriorMean,
                    dPriorLogVariance);
            Broadcast.sum(dPriorMean, prior(out, 2, count));
            Broadcast.sum(dPriorLogVariance, prior(out, 3, count));
        }
    }
}
