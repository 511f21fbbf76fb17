package io.elbo4j.nd4j.dl4j;

import io.elbo4j.nd4j.GaussianLogLikelihood;
import io.elbo4j.nd4j.GaussianSampleKl;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Gaussian of a fixed standard deviation, one parameter per dimension: the mean.
 *
 * @param standardDeviation of every dimension, 1e-18 to 1e18
 */
public record GaussianFixed(@JsonProperty("standardDeviation") double standardDeviation) implements Reconstruction {
    @JsonCreator
    public GaussianFixed {
        if (!(standardDeviation >= 1e-18 && standardDeviation <= 1e18)) {
            throw new IllegalArgumentException("standardDeviation must be from 1e-18 to 1e18, so that float32 holds its"
                    + " square and the inverse of that, not " + standardDeviation);
        }
    }

    @Override
    public int distributionInputSize(int dataSize) {
        return dataSize;
    }

    /** -log p(x) of each row, in nats, B x 1. */
    @Override
    public INDArray exampleNegLogProbability(INDArray x, INDArray preOutDistributionParams) {
        INDArray data = Reconstruction.data(this, x, preOutDistributionParams);
        INDArray perRow = Reconstruction.perRow(x);
        GaussianLogLikelihood.forward(preOutDistributionParams, logVariance(1, x.size(1)), data, perRow);
        return perRow.negi();
    }

    @Override
    public INDArray gradient(INDArray x, INDArray preOutDistributionParams) {
        INDArray data = Reconstruction.data(this, x, preOutDistributionParams);
        INDArray gradient = Nd4j.createUninitialized(DataType.FLOAT, preOutDistributionParams.shape());
        GaussianLogLikelihood.fused(preOutDistributionParams, logVariance(1, x.size(1)), data,
                Reconstruction.weights(x), Reconstruction.perRow(x), gradient, null);
        return gradient;
    }

    @Override
    public INDArray generateRandom(INDArray preOutDistributionParams) {
        INDArray sample = generateAtMean(preOutDistributionParams);
        GaussianSampleKl.forward(preOutDistributionParams, logVariance(sample.shape()), Reconstruction.noise(), sample,
                Reconstruction.perRow(sample));
        return sample;
    }

    @Override
    public INDArray generateAtMean(INDArray preOutDistributionParams) {
        return Reconstruction.requireFloat(this, preOutDistributionParams).dup('c');
    }

    private INDArray logVariance(long... shape) {
        return Nd4j.valueArrayOf(shape, (float) (2 * StrictMath.log(standardDeviation)), DataType.FLOAT);
    }
}
