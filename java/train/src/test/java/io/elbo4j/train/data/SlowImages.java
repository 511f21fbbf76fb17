package io.elbo4j.train.data;

import java.util.function.LongConsumer;

/** Streamed data whose values lie in memory, for tests that slow it down or let it fail. */
public final class SlowImages {
    private SlowImages() {}

    /** @param before is told of each reading: how many values */
    public static Images of(Images images, LongConsumer before) {
        Values values = new Values() {
            @Override
            public void copy(long first, int count, float[] target, int offset) {
                before.accept(count);
                int columns = images.columns();
                images.copyRows((int) (first / columns), count / columns, target, offset);
            }

            @Override
            public boolean areStreamed() {
                return true;
            }
        };
        return new Images(images.name(), images.rows(), images.height(), images.width(), images.channels(), values,
                false);
    }
}
