package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.offset;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.Activation;
import io.elbo4j.AdamStep;
import io.elbo4j.Indices;
import io.elbo4j.Kernels;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.ScalarFunction;

/** The table of the java backend's kernels. */
final class JavaKernels implements Kernels {
    @Override
    public void gaussianSampleKl(Matrix mean, Matrix logVariance, Matrix priorMean, Matrix priorLogVariance,
            Noise noise, Matrix z, Matrix kl, Matrix logRatio, long begin, long end) {
        GaussianSampleKl.forward(mean, logVariance, priorMean, priorLogVariance, noise, z, kl, logRatio, begin, end);
    }

    @Override
    public void gaussianSampleKlBackward(Matrix mean, Matrix logVariance, Matrix priorMean, Matrix priorLogVariance,
            Noise noise, Matrix dz, Matrix dKl, Matrix columnWeight, Matrix dMean, Matrix dLogVariance,
            Matrix dPriorMean, Matrix dPriorLogVariance, long begin, long end) {
        GaussianSampleKl.backward(mean, logVariance, priorMean, priorLogVariance, noise, dz, dKl, columnWeight, dMean,
                dLogVariance, dPriorMean, dPriorLogVariance, begin, end);
    }

    @Override
    public void gaussianKlPerDimension(Matrix mean, Matrix logVariance, Matrix priorMean, Matrix priorLogVariance,
            Matrix klPerDimension, long begin, long end) {
        GaussianKlPerDimension.forward(mean, logVariance, priorMean, priorLogVariance, klPerDimension, begin, end);
    }

    @Override
    public void bernoulliLogLikelihood(Matrix logits, Matrix x, Matrix dLogLikelihood, Matrix logLikelihood,
            Matrix dLogits, long begin, long end) {
        BernoulliLogLikelihood.fused(logits, x, dLogLikelihood, logLikelihood, dLogits, begin, end);
    }

    @Override
    public void gaussianLogLikelihood(Matrix mean, Matrix logVariance, Matrix x, Matrix dLogLikelihood,
            Matrix logLikelihood, Matrix dMean, Matrix dLogVariance, long begin, long end) {
        GaussianLogLikelihood.fused(
                mean, logVariance, x, dLogLikelihood, logLikelihood, dMean, dLogVariance, begin, end);
    }

    @Override
    public void gaussianSharedLogVarianceGradient(Matrix mean, Matrix logVariance, Matrix x, Matrix dLogLikelihood,
            Matrix dLogVariance, long begin, long end) {
        GaussianLogLikelihood.sharedLogVarianceGradient(mean, logVariance, x, dLogLikelihood, dLogVariance, begin, end);
    }

    @Override
    public void matmul(Matrix a, Matrix b, Matrix bias, boolean relu, Matrix c, long begin, long end) {
        Matmul.matmul(values(a), offset(a), stride(a), values(b), offset(b), stride(b),
                bias == null ? null : values(bias), bias == null ? 0 : offset(bias), relu, values(c), offset(c),
                stride(c), (int) c.columns(), (int) a.columns(), (int) begin, (int) end);
    }

    @Override
    public void matmulTransposedB(Matrix a, Matrix b, Matrix gate, Matrix c, long begin, long end) {
        Matmul.matmulTransposedB(values(a), offset(a), stride(a), values(b), offset(b), stride(b),
                gate == null ? null : values(gate), gate == null ? 0 : offset(gate), gate == null ? 0 : stride(gate),
                values(c), offset(c), stride(c), (int) c.columns(), (int) a.columns(), (int) begin, (int) end);
    }

    @Override
    public void matmulTransposedA(Matrix a, Matrix b, Matrix c, long begin, long end) {
        Matmul.matmulTransposedA(values(a), offset(a), stride(a), values(b), offset(b), stride(b), values(c), offset(c),
                stride(c), (int) c.columns(), (int) a.rows(), (int) begin, (int) end);
    }

    @Override
    public void activation(Activation activation, Matrix x, Matrix y, long begin, long end) {
        Elementwise.activation(activation, x, y, begin, end);
    }

    @Override
    public void activationGradient(Activation activation, Matrix x, Matrix dy, Matrix dx, long begin, long end) {
        Elementwise.activationGradient(activation, x, dy, dx, begin, end);
    }

    @Override
    public void map(ScalarFunction function, Matrix x, Matrix y, long begin, long end) {
        Elementwise.map(function, x, y, begin, end);
    }

    @Override
    public void rowSums(Matrix x, Matrix sums, long begin, long end) {
        Sums.rows(x, sums, begin, end);
    }

    @Override
    public void rowSumsOfSquares(Matrix x, Matrix sums, long begin, long end) {
        Sums.rowsOfSquares(x, sums, begin, end);
    }

    @Override
    public void columnSums(Matrix x, Matrix sums, long begin, long end) {
        ColumnSums.columnSums(values(x), offset(x), stride(x), values(sums), offset(sums), (int) x.rows(), (int) begin,
                (int) end);
    }

    @Override
    public void logMeanExp(Matrix x, Matrix result, long begin, long end) {
        LogMeanExp.forward(x, result, begin, end);
    }

    @Override
    public void logMeanExpBackward(Matrix x, Matrix dResult, Matrix dx, long begin, long end) {
        LogMeanExp.backward(x, dResult, dx, begin, end);
    }

    @Override
    public void copy(Matrix source, Matrix target, long begin, long end) {
        RowsKernels.copy(source, target, begin, end);
    }

    @Override
    public void add(Matrix source, Matrix target, long begin, long end) {
        RowsKernels.add(source, target, begin, end);
    }

    @Override
    public void fill(float value, Matrix target, long begin, long end) {
        RowsKernels.fill(value, target, begin, end);
    }

    @Override
    public void gather(Matrix source, Indices rows, Matrix target, long begin, long end) {
        RowsKernels.gather(source, (int[]) rows.address(), rows.position(), target, begin, end);
    }

    @Override
    public void scatterAdd(Matrix source, Indices rows, Matrix target, long begin, long end) {
        RowsKernels.scatterAdd(source, (int[]) rows.address(), rows.position(), target, begin, end);
    }

    @Override
    public void normal(Noise noise, Matrix target, long begin, long end) {
        RandomFill.normal(noise, target, begin, end);
    }

    @Override
    public void uniform(Noise noise, float low, float high, Matrix target, long begin, long end) {
        RandomFill.uniform(noise, low, high, target, begin, end);
    }

    @Override
    public void binarise(Matrix probability, Noise noise, Matrix target, long begin, long end) {
        RandomFill.binarise(probability, noise, target, begin, end);
    }

    @Override
    public void adam(Matrix parameter, Matrix gradient, Matrix firstMoment, Matrix secondMoment, AdamStep step,
            Matrix gradientScale, long begin, long end) {
        AdamKernel.update(parameter, gradient, firstMoment, secondMoment, step, gradientScale, begin, end);
    }

    @Override
    public void clipScale(Matrix sumsOfSquares, float maximumNorm, Matrix scale, long begin, long end) {
        if (begin < end) {
            AdamKernel.clipScale(sumsOfSquares, maximumNorm, scale);
        }
    }

    @Override
    public void freeBitsGate(Matrix klPerDimension, float threshold, Matrix columnWeight, long begin, long end) {
        GaussianKlPerDimension.freeBitsGate(klPerDimension, threshold, columnWeight, begin, end);
    }

    private static int stride(Matrix matrix) {
        return (int) matrix.rowStride();
    }
}
