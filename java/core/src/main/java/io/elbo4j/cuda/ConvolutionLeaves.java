package io.elbo4j.cuda;

import io.elbo4j.Launch;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Convolution;
import java.util.ArrayList;
import java.util.List;

/** The leaves of the gradient of a convolution's weights, whose sum the launch that updates the weights takes. */
record ConvolutionLeaves(Convolution.WeightGradient gradient) implements Launch.Body {
    /** A program runs the kernel that stands for it. */
    @Override
    public void run(long begin, long end) {
        throw new UnsupportedOperationException("leaves are summed up by a program");
    }

    /** The same program, in which leaves stay leaves until the update where nothing else touches them or their sum. */
    static List<Launch> fuse(List<Launch> launches) {
        List<Launch> result = new ArrayList<>(launches);
        for (int i = 0; i < result.size(); i++) {
            if (result.get(i).body() instanceof Convolution.WeightGradient gradient && gradient.workspace() != null) {
                Launch sum = Launch.of("sum of leaves", gradient.dWeight().backend(), 1).readsAll(gradient.workspace())
                        .writes(gradient.dWeight());
                int next = i + 1;
                while (next < result.size() && sum.commutesWith(result.get(next))) {
                    next++;
                }
                if (next < result.size() && AdamUpdates.fits(result.get(next)) && result.get(next)
                        .body() instanceof Adam.Update update
                        && DenseUpdates.sameElements(gradient.dWeight(), update.gradient())) {
                    result.set(i, new ConvolutionLeaves(gradient).launch());
                    result.set(next, AdamUpdates.of(update, gradient));
                }
            }
        }
        return result;
    }

    private Launch launch() {
        return Launch.of("leaves of a convolution's weights", gradient.dWeight().backend(), 1).body(this)
                .readsAll(gradient.big(), gradient.small()).writes(gradient.workspace());
    }
}
