package io.elbo4j.nd4j.dl4j;

import io.elbo4j.nd4j.BernoulliLogLikelihood;
import io.elbo4j.nd4j.Binarise;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Independent Bernoulli variables given by their logits, one parameter per dimension; data in [0, 1]. It computes what
 * {@link org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution} with its sigmoid stands
 * for, from the logits themselves: a confident mistake keeps its cost and its gradient, where DL4J's probability,
 * rounded to 0 or 1, makes both 0.
 */
public record BernoulliLogits() implements Reconstruction {
    @Override
    public int distributionInputSize(int dataSize) {
        return dataSize;
    }

    /** -log p(x) of each row, in nats, B x 1. */
    @Override
    public INDArray exampleNegLogProbability(INDArray x, INDArray preOutDistributionParams) {
        INDArray data = Reconstruction.data(this, x, preOutDistributionParams);
        INDArray perRow = Reconstruction.perRow(x);
        BernoulliLogLikelihood.forward(preOutDistributionParams, data, perRow);
        return perRow.negi();
    }

    @Override
    public INDArray gradient(INDArray x, INDArray preOutDistributionParams) {
        INDArray data = Reconstruction.data(this, x, preOutDistributionParams);
        INDArray gradient = Nd4j.createUninitialized(DataType.FLOAT, preOutDistributionParams.shape());
        BernoulliLogLikelihood.fused(preOutDistributionParams, data, Reconstruction.weights(x),
                Reconstruction.perRow(x), gradient);
        return gradient;
    }

    /** Zeros and ones. */
    @Override
    public INDArray generateRandom(INDArray preOutDistributionParams) {
        INDArray probability = generateAtMean(preOutDistributionParams);
        Binarise.forward(probability, Reconstruction.noise(), probability);
        return probability;
    }

    /** The probabilities, by ND4J's sigmoid. */
    @Override
    public INDArray generateAtMean(INDArray preOutDistributionParams) {
        return Transforms.sigmoid(Reconstruction.requireFloat(this, preOutDistributionParams).dup('c'), false);
    }
}
