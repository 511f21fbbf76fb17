package io.elbo4j.nd4j.dl4j;

import io.elbo4j.nd4j.GaussianLogLikelihood;
import io.elbo4j.nd4j.GaussianSampleKl;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Diagonal Gaussian, two parameters per dimension: first all means, then all log-variances, as in {@link
 * org.deeplearning4j.nn.conf.layers.variational.GaussianReconstructionDistribution} with the identity activation.
 */
public record GaussianLogVariance() implements Reconstruction {
    @Override
    public int distributionInputSize(int dataSize) {
        return Math.multiplyExact(2, dataSize);
    }

    /** -log p(x) of each row, in nats, B x 1. */
    @Override
    public INDArray exampleNegLogProbability(INDArray x, INDArray preOutDistributionParams) {
        INDArray data = Reconstruction.data(this, x, preOutDistributionParams);
        INDArray perRow = Reconstruction.perRow(x);
        GaussianLogLikelihood.forward(mean(preOutDistributionParams), logVariance(preOutDistributionParams), data,
                perRow);
        return perRow.negi();
    }

    @Override
    public INDArray gradient(INDArray x, INDArray preOutDistributionParams) {
        INDArray data = Reconstruction.data(this, x, preOutDistributionParams);
        INDArray gradient = Nd4j.createUninitialized(DataType.FLOAT, preOutDistributionParams.shape());
        GaussianLogLikelihood.fused(mean(preOutDistributionParams), logVariance(preOutDistributionParams), data,
                Reconstruction.weights(x), Reconstruction.perRow(x), mean(gradient), logVariance(gradient));
        return gradient;
    }

    @Override
    public INDArray generateRandom(INDArray preOutDistributionParams) {
        INDArray sample = generateAtMean(preOutDistributionParams);
        GaussianSampleKl.forward(mean(preOutDistributionParams), logVariance(preOutDistributionParams),
                Reconstruction.noise(), sample, Reconstruction.perRow(sample));
        return sample;
    }

    @Override
    public INDArray generateAtMean(INDArray preOutDistributionParams) {
        return mean(Reconstruction.requireFloat(this, preOutDistributionParams)).dup('c');
    }

    private static INDArray mean(INDArray both) {
        return Reconstruction.columns(both, 0, both.size(1) / 2);
    }

    private static INDArray logVariance(INDArray both) {
        return Reconstruction.columns(both, both.size(1) / 2, both.size(1));
    }
}
