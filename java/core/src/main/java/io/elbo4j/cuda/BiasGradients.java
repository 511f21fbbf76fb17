package io.elbo4j.cuda;

import io.elbo4j.Launch;
import io.elbo4j.operation.Convolution;
import java.util.List;

/** The gradients of the biases of several convolutions as one launch. */
record BiasGradients(List<Convolution.BiasGradient> gradients) implements Launch.Body {
    /** A program runs the kernel that stands for it. */
    @Override
    public void run(long begin, long end) {
        throw new UnsupportedOperationException("bias gradients are run by a program");
    }

    static List<Launch> fuse(List<Launch> launches) {
        return Waiting.merge(launches, launch -> launch.body() instanceof Convolution.BiasGradient,
                (one, other) -> true, BiasGradients::merged);
    }

    private static Launch merged(List<Launch> launches) {
        if (launches.size() == 1) {
            return launches.get(0);
        }
        BiasGradients all = new BiasGradients(launches.stream().map(l -> (Convolution.BiasGradient) l.body()).toList());
        Launch launch = Launch.of("bias gradients", launches.get(0).backend(), 1).body(all);
        for (Convolution.BiasGradient gradient : all.gradients) {
            launch.readsAll(gradient.images()).writes(gradient.dBias());
        }
        return launch;
    }
}
