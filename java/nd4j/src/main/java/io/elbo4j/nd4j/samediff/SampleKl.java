package io.elbo4j.nd4j.samediff;

import io.elbo4j.Noise;
import io.elbo4j.nd4j.GaussianSampleKl;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
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
        // floats hold 24 bits exactly; ND4J's nextLong() has but 32 bits of randomness
        Random random = Nd4j.getRandom();
        out.get(2).putScalar(0, random.nextInt(1 << 24)).putScalar(1, random.nextInt(1 << 24));
        INDArray[] a = Broadcast.gaussians(in, in.size());
        GaussianSampleKl.forward(a[0], a[1], a[2], a[3], noise(out.get(2)), out.get(0), out.get(1));
    }

    private static Noise noise(INDArray seed) {
        return new Noise((long) seed.getFloat(0) << 24 | (long) seed.getFloat(1), 0);
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
            INDArray[] a = Broadcast.gaussians(in, count);
            INDArray[] d = Broadcast.eachRow(out);
            GaussianSampleKl.backward(a[0], a[1], a[2], a[3], noise(in.get(count)), in.get(count + 1),
                    in.get(count + 2), d[0], d[1], d[2], d[3]);
            Broadcast.sum(d, out);
        }
    }
}
