package io.elbo4j.nd4j.samediff;

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
    long[] resultShape(int result, List<INDArray> in) {
        return new long[] {in.get(0).size(0)};
    }

    @Override
    void run(List<INDArray> in, List<INDArray> out) {
        INDArray[] a = Broadcast.gaussians(in, in.size());
        GaussianKl.forward(a[0], a[1], a[2], a[3], out.get(0));
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
            INDArray[] a = Broadcast.gaussians(in, out.size());
            INDArray[] d = Broadcast.eachRow(out);
            GaussianKl.backward(a[0], a[1], a[2], a[3], in.get(out.size()), d[0], d[1], d[2], d[3]);
            Broadcast.sum(d, out);
        }
    }
}
