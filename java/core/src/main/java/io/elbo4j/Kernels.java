package io.elbo4j;

import org.jspecify.annotations.Nullable;

/**
 * The kernels that every backend implements, on validated arguments: the seam between the operations
 * ({@code io.elbo4j.operation}, which check shapes and split the work) and the implementations. Each call does items
 * {@code begin} (inclusive) to {@code end} (exclusive) and writes nothing else. The scalar functions, the order of
 * every sum and the noise are fixed by the numerics contract, so all implementations return the same bits.
 *
 * <p>A kernel called other than by a launch is on its own: whoever calls it sees that no thread closes the matrices,
 * and on a device that no other thread uses the backend, until it returns.
 *
 * <p>Nullable arguments are marked; {@code d} before a name is the gradient of the loss with respect to it.
 */
public interface Kernels {
    /**
     * {@link io.elbo4j.operation.GaussianSampleKl#forward}, and {@link io.elbo4j.operation.GaussianKl#forward} where
     * {@code z} and {@code logRatio} are null; items are rows of mean.
     */
    void gaussianSampleKl(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Noise noise, @Nullable Matrix z, Matrix kl, @Nullable Matrix logRatio,
            long begin, long end);

    /**
     * {@link io.elbo4j.operation.GaussianSampleKl#backward}, and {@link io.elbo4j.operation.GaussianKl#backward} where
     * {@code dz} is null; items are rows of mean.
     */
    void gaussianSampleKlBackward(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Noise noise, @Nullable Matrix dz, Matrix dKl,
            @Nullable Matrix columnWeight, Matrix dMean, Matrix dLogVariance, @Nullable Matrix dPriorMean,
            @Nullable Matrix dPriorLogVariance, long begin, long end);

    /** {@link io.elbo4j.operation.GaussianKlPerDimension#forward}; items are columns. */
    void gaussianKlPerDimension(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Matrix klPerDimension, long begin, long end);

    /** {@link io.elbo4j.operation.BernoulliLogLikelihood#fused}; items are rows of logits. */
    void bernoulliLogLikelihood(Matrix logits, Matrix x, @Nullable Matrix dLogLikelihood, Matrix logLikelihood,
            @Nullable Matrix dLogits, long begin, long end);

    /** {@link io.elbo4j.operation.GaussianLogLikelihood#fused}; items are rows of mean. */
    void gaussianLogLikelihood(Matrix mean, Matrix logVariance, Matrix x, @Nullable Matrix dLogLikelihood,
            Matrix logLikelihood, @Nullable Matrix dMean, @Nullable Matrix dLogVariance, long begin, long end);

    /** {@link io.elbo4j.operation.GaussianLogLikelihood#sharedLogVarianceGradient}; items are columns. */
    void gaussianSharedLogVarianceGradient(Matrix mean, Matrix logVariance, Matrix x, Matrix dLogLikelihood,
            Matrix dLogVariance, long begin, long end);

    /** {@link io.elbo4j.operation.Matmul#forward}; items are rows of c. */
    void matmul(Matrix a, Matrix b, @Nullable Matrix bias, boolean relu, Matrix c, long begin, long end);

    /** {@link io.elbo4j.operation.Matmul#inputGradient}; items are rows of c. */
    void matmulTransposedB(Matrix a, Matrix b, @Nullable Matrix gate, Matrix c, long begin, long end);

    /** {@link io.elbo4j.operation.Matmul#weightGradient}; items are rows of c. */
    void matmulTransposedA(Matrix a, Matrix b, Matrix c, long begin, long end);

    /** {@link io.elbo4j.operation.Elementwise#activation}; items are rows. */
    void activation(Activation activation, Matrix x, Matrix y, long begin, long end);

    /** {@link io.elbo4j.operation.Elementwise#activationGradient}; items are rows. */
    void activationGradient(Activation activation, Matrix x, Matrix dy, Matrix dx, long begin, long end);

    /** {@link io.elbo4j.operation.Elementwise#map}; items are rows. */
    void map(ScalarFunction function, Matrix x, Matrix y, long begin, long end);

    /** {@link io.elbo4j.operation.Sums#rows}; items are rows. */
    void rowSums(Matrix x, Matrix sums, long begin, long end);

    /** {@link io.elbo4j.operation.Sums#rowsOfSquares}; items are rows. */
    void rowSumsOfSquares(Matrix x, Matrix sums, long begin, long end);

    /** {@link io.elbo4j.operation.Sums#columns}; items are columns. */
    void columnSums(Matrix x, Matrix sums, long begin, long end);

    /** {@link io.elbo4j.operation.LogMeanExp#forward}; items are rows. */
    void logMeanExp(Matrix x, Matrix result, long begin, long end);

    /** {@link io.elbo4j.operation.LogMeanExp#backward}; items are rows. */
    void logMeanExpBackward(Matrix x, Matrix dResult, Matrix dx, long begin, long end);

    /** {@link io.elbo4j.operation.Rows#copy}; items are rows. */
    void copy(Matrix source, Matrix target, long begin, long end);

    /** {@link io.elbo4j.operation.Rows#add}; items are rows. */
    void add(Matrix source, Matrix target, long begin, long end);

    /** {@link io.elbo4j.operation.Rows#fill}; items are rows. */
    void fill(float value, Matrix target, long begin, long end);

    /** {@link io.elbo4j.operation.Rows#gather}; items are rows of target. */
    void gather(Matrix source, Indices rows, Matrix target, long begin, long end);

    /** {@link io.elbo4j.operation.Rows#scatterAdd}; items are columns. */
    void scatterAdd(Matrix source, Indices rows, Matrix target, long begin, long end);

    /** {@link io.elbo4j.operation.RandomFill#normal}; items are rows. */
    void normal(Noise noise, Matrix target, long begin, long end);

    /** {@link io.elbo4j.operation.RandomFill#uniform}; items are rows. */
    void uniform(Noise noise, float low, float high, Matrix target, long begin, long end);

    /** {@link io.elbo4j.operation.Binarise#forward}; items are rows. */
    void binarise(Matrix probability, Noise noise, Matrix target, long begin, long end);

    /** {@link io.elbo4j.operation.Adam#update}; items are rows. {@code gradientScale} is nullable. */
    void adam(Matrix parameter, Matrix gradient, Matrix firstMoment, Matrix secondMoment, AdamStep step,
            @Nullable Matrix gradientScale, long begin, long end);

    /** {@link io.elbo4j.operation.Clip#scale}; one item. */
    void clipScale(Matrix sumsOfSquares, float maximumNorm, Matrix scale, long begin, long end);

    /** {@link io.elbo4j.operation.GaussianKlPerDimension#freeBitsGate}; items are columns. */
    void freeBitsGate(Matrix klPerDimension, float threshold, Matrix columnWeight, long begin, long end);
}
