package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Space;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Multiply;

/**
 * Observations as a memory has them: as they are, or as bytes b of which low + b / 255 (high - low) is what is seen.
 */
final class RememberedObservations {
    private final Space.Box box;
    private final boolean bytes;

    RememberedObservations(Space observations, boolean bytes) {
        this.box = bytes ? Space.Box.bounded("observations", observations) : (Space.Box) observations;
        this.bytes = bytes;
    }

    private float range(int column) {
        return box.high(column) - box.low(column);
    }

    /** @throws io.elbo4j.ArgumentException if a number is none of the 256 */
    float[] stored(float[] observation) {
        if (!bytes) {
            return observation;
        }
        float[] stored = new float[observation.length];
        for (int i = 0; i < stored.length; i++) {
            double at = 255.0 * (observation[i] - box.low(i)) / range(i);
            stored[i] = Math.round(at);
            require(Math.abs(at - stored[i]) <= 1e-3 && stored[i] >= 0 && stored[i] <= 255, "observation",
                    "one of 256 numbers evenly from " + box.low(i) + " to " + box.high(i) + " in column " + i
                            + ", as bytes are to hold it: without bytes any number is kept",
                    observation[i]);
        }
        return stored;
    }

    /** Of what is seen, of each column, over rows of what is stored. */
    float[] mean(Matrix stored) {
        double[] sum = new double[box.columns()];
        for (long r = 0; r < stored.rows(); r++) {
            float[] row = stored.rows(r, r + 1).toArray();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += row[i];
            }
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            double each = sum[i] / stored.rows();
            mean[i] = (float) (bytes ? box.low(i) + range(i) * each / 255 : each);
        }
        return mean;
    }

    /** What is seen of what is stored. */
    Value seen(Value stored) {
        if (!bytes) {
            return stored;
        }
        float[] scale = new float[box.columns()];
        float[] low = new float[box.columns()];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = range(i) / 255;
            low[i] = box.low(i);
        }
        return Add.of(Multiply.of(stored, ConstantRow.of(stored.graph(), "range of a byte", scale)), ConstantRow.of(
                stored.graph(), "lowest of a byte", low));
    }
}
