package io.elbo4j.nd4j.samediff;

import io.elbo4j.Noise;
import io.elbo4j.nd4j.GaussianSampleKl;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** mean, logVariance [, priorMean, priorLogVariance] -> z, kl, and the seed of the noise, for the gradient. */
public final class SampleKl extends FusedOperation {
    @Override
    public String opName() {
        return "elbo4j_gaussian_sample_kl";
    }

    @Override
    public int getNumOutputs() {
        return 3;
    }

    @Override
    long[] resultShape(int result, List<INDArray> in) {
        return switch (result) {
            case 0 -> in.get(0).shape();
            case 1 -> new long[] {in.get(0).size(0)};
            default -> new long[] {2};
        };
    }

    @Override
    void run(List<INDArray> in, List<INDArray> out) {
        // 48 bits as two numbers of 24, which floats hold exactly
        long seed = Nd4j.getRandom().nextLong() >>> 16;
        out.get(2).putScalar(0, seed >>> 24).putScalar(1, seed & 0xFFFFFF);
        INDArray mean = in.get(0);
        GaussianSampleKl.forward(mean, in.get(1), Broadcast.rows(prior(in, 2, in.size()), mean),
                Broadcast.rows(prior(in, 3, in.size()), mean), noise(out.get(2)), out.get(0), out.get(1));
    }

    private static Noise noise(INDArray seed) {
        return new Noise((long) seed.getFloat(0) << 24 | (long) seed.getFloat(1), 0);
    }

    /** Argument {@code i} of {@code count}, which are two where the prior is the standard normal: null then. */
    static INDArray prior(List<INDArray> arguments, int i, int count) {
        return i < count ? arguments.get(i) : null;
    }

    @Override
    public List<SDVariable> doDiff(List<SDVariable> d) {
        return List.of(new Gradient().of(Stream.concat(Stream.of(args()),
                Stream.of(outputVariables()[2], d.get(0), d.get(1))).toArray(SDVariable[]::new)));
    }

    /** The arguments of the operation, the seed, dz and dKl -> the gradients of the arguments. */
    public static final class Gradient extends FusedOperation {
        @Override
        public String opName() {
            return "elbo4j_gaussian_sample_kl_bp";
        }

        @Override
        public int getNumOutputs() {
            return args().length - 3;
        }

        @Override
        void run(List<INDArray> in, List<INDArray> out) {
            int count = out.size();
            INDArray mean = in.get(0);
            INDArray dPriorMean = Broadcast.eachRow(prior(out, 2, count), mean);
            INDArray dPriorLogVariance = Broadcast.eachRow(prior(out, 3, count), mean);
            GaussianSampleKl.backward(mean, in.get(1), Broadcast.rows(prior(in, 2, count), mean),
                    Broadcast.rows(prior(in, 3, count), mean), noise(in.get(count)), in.get(count + 1),
                    in.get(count + 2), out.get(0), out.get(1), dPriorMean, dPriorLogVariance);
            Broadcast.sum(dPriorMean, prior(out, 2, count));
            Broadcast.sum(dPriorLogVariance, prior(out, 3, count));
        }
    }
}
