package io.elbo4j.nd4j;

import io.elbo4j.Noise;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link io.elbo4j.operation.Binarise} on arrays: zeros and ones drawn with given probabilities. Arrays, copies, errors
 * and threads are as the package says.
 */
public final class Binarise {
    private Binarise() {}

    /**
     * target = 1 where the noise, uniform in [0, 1), is below {@code probability} (B x D), else 0. Both may be the same
     * array. A probability of at least 1 always gives 1, one of at most 0 gives 0, NaN stays NaN.
     */
    public static void forward(INDArray probability, Noise noise, INDArray target) {
        Call call = new Call("Binarise.forward");
        Call.Argument p = call.input("probability", probability);
        Call.Argument drawn = call.output("target", target);
        call.run(() -> io.elbo4j.operation.Binarise.forward(p.matrix(), noise, drawn.matrix()));
    }
}
