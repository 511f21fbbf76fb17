package io.elbo4j.nd4j.dl4j;

import io.elbo4j.Noise;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.layers.variational.ReconstructionDistribution;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What the likelihoods share; static where it is nobody else's. */
interface Reconstruction extends ReconstructionDistribution {
    @Override
    default boolean hasLossFunction() {
        return false;
    }

    /** -log p(x) in nats: its sum over the batch, in double precision, or its mean. */
    @Override
    default double negLogProbability(INDArray x, INDArray preOutDistributionParams, boolean average) {
        double sum = exampleNegLogProbability(x, preOutDistributionParams).castTo(DataType.DOUBLE).sumNumber()
                .doubleValue();
        return average ? sum / x.size(0) : sum;
    }

    /** x as FLOAT, checked together with the parameters. */
    static INDArray data(ReconstructionDistribution p, INDArray x, INDArray parameters) {
        requireFloat(p, parameters);
        require(p, x.rank() == 2, "x", "have the shape [B, D]", Arrays.toString(x.shape()));
        long[] expected = {x.size(0), p.distributionInputSize(Math.toIntExact(x.size(1)))};
        require(p, Arrays.equals(parameters.shape(), expected), "preOutDistributionParams", "have the shape "
                + Arrays.toString(expected) + " for x of " + Arrays.toString(x.shape()),
                Arrays.toString(parameters.shape()));
        return x.castTo(DataType.FLOAT);
    }

    static INDArray requireFloat(ReconstructionDistribution p, INDArray parameters) {
        require(p, parameters.dataType() == DataType.FLOAT, "preOutDistributionParams", "be of FLOAT",
                parameters.dataType() + ": build the network with dataType(DataType.FLOAT)");
        return parameters;
    }

    private static void require(ReconstructionDistribution p, boolean holds, String name, String expected,
            String given) {
        if (!holds) {
            throw new IllegalArgumentException(p + ": " + name + " must " + expected + ", not " + given);
        }
    }

    /** Room for one number per row of x. */
    static INDArray perRow(INDArray x) {
        return Nd4j.createUninitialized(DataType.FLOAT, x.size(0), 1);
    }

    /** The weight of each row's log-likelihood in what DL4J minimises; it divides by the batch itself, later. */
    static INDArray weights(INDArray x) {
        return Nd4j.valueArrayOf(new long[] {x.size(0), 1}, -1f, DataType.FLOAT);
    }

    /** Columns {@code begin} (inclusive) to {@code end} (exclusive), without a copy. */
    static INDArray columns(INDArray array, long begin, long end) {
        return array.get(NDArrayIndex.all(), NDArrayIndex.interval(begin, end));
    }

    /** Noise of its own for each call. */
    static Noise noise() {
        return new Noise(Nd4j.getRandom().nextLong(), 0);
    }
}
