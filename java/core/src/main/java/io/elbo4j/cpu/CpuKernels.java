package io.elbo4j.cpu;

import io.elbo4j.Activation;
import io.elbo4j.AdamStep;
import io.elbo4j.Indices;
import io.elbo4j.Kernels;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.ScalarFunction;
import io.elbo4j.cpu.jni.ElboCpu;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Hands matrices to the C API, elbo4j_cpu.h. */
final class CpuKernels implements Kernels {
    private final int level;

    CpuKernels(int level) {
        this.level = level;
    }

    /** A float32 matrix or null. */
    private static FloatPointer at(Matrix m) {
        return m == null ? null : (FloatPointer) m.address();
    }

    /** A matrix of any type or null. */
    private static Pointer any(Matrix m) {
        return m == null ? null : (Pointer) m.address();
    }

    private static int type(Matrix m) {
        return m.type().ordinal();
    }

    private static long stride(Matrix m) {
        return m == null ? 0 : m.rowStride();
    }

    /** Rows of {@code many} for each row of {@code few}; none where {@code many} is null. */
    private static long samples(Matrix many, Matrix few) {
        if (many == null) {
            return 0;
        }
        return few.rows() == 0 ? 1 : many.rows() / few.rows();
    }

    @Override
    public void gaussianSampleKl(Matrix mean, Matrix logVariance, Matrix priorMean, Matrix priorLogVariance,
            Noise noise, Matrix z, Matrix kl, Matrix logRatio, long begin, long end) {
        ElboCpu.elbo4j_cpu_gaussian_sample_kl(level, type(mean), any(mean), stride(mean), any(logVariance),
                stride(logVariance), any(priorMean), stride(priorMean), any(priorLogVariance), stride(priorLogVariance),
                noise.seed(), noise.draw(), noise.firstRow(), samples(z, mean), any(z), stride(z), at(kl), at(logRatio),
                mean.columns(), begin, end);
    }

    @Override
    public void gaussianSampleKlBackward(Matrix mean, Matrix logVariance, Matrix priorMean, Matrix priorLogVariance,
            Noise noise, Matrix dz, Matrix dKl, Matrix columnWeight, Matrix dMean, Matrix dLogVariance,
            Matrix dPriorMean, Matrix dPriorLogVariance, long begin, long end) {
        ElboCpu.elbo4j_cpu_gaussian_sample_kl_backward(level, type(mean), any(mean), stride(mean), any(logVariance),
                stride(logVariance), any(priorMean), stride(priorMean), any(priorLogVariance), stride(priorLogVariance),
                noise.seed(), noise.draw(), noise.firstRow(), samples(dz, mean), any(dz), stride(dz), at(dKl),
                at(columnWeight), any(dMean), stride(dMean), any(dLogVariance), stride(dLogVariance), any(dPriorMean),
                stride(dPriorMean), any(dPriorLogVariance), stride(dPriorLogVariance), mean.columns(), begin, end);
    }

    @Override
    public void gaussianKlPerDimension(Matrix mean, Matrix logVariance, Matrix priorMean, Matrix priorLogVariance,
            Matrix klPerDimension, long begin, long end) {
        ElboCpu.elbo4j_cpu_gaussian_kl_per_dimension(level, at(mean), stride(mean), at(logVariance),
                stride(logVariance), at(priorMean), stride(priorMean), at(priorLogVariance), stride(priorLogVariance),
                at(klPerDimension), mean.rows(), begin, end);
    }

    @Override
    public void freeBitsGate(Matrix klPerDimension, float threshold, Matrix columnWeight, long begin, long end) {
        ElboCpu.elbo4j_cpu_free_bits_gate(level, at(klPerDimension), threshold, at(columnWeight), begin, end);
    }

    @Override
    public void bernoulliLogLikelihood(Matrix logits, Matrix x, Matrix dLogLikelihood, Matrix logLikelihood,
            Matrix dLogits, long begin, long end) {
        ElboCpu.elbo4j_cpu_bernoulli_log_likelihood(level, type(logits), any(logits), stride(logits), any(x), stride(x),
                samples(logits, x), at(dLogLikelihood), at(logLikelihood), any(dLogits), stride(dLogits),
                logits.columns(), begin, end);
    }

    @Override
    public void gaussianLogLikelihood(Matrix mean, Matrix logVariance, Matrix x, Matrix dLogLikelihood,
            Matrix logLikelihood, Matrix dMean, Matrix dLogVariance, long begin, long end) {
        ElboCpu.elbo4j_cpu_gaussian_log_likelihood(level, type(mean), any(mean), stride(mean), any(logVariance),
                stride(logVariance), any(x), stride(x), samples(mean, x), at(dLogLikelihood), at(logLikelihood),
                any(dMean), stride(dMean), any(dLogVariance), stride(dLogVariance), mean.columns(), begin, end);
    }

    @Override
    public void gaussianSharedLogVarianceGradient(Matrix mean, Matrix logVariance, Matrix x, Matrix dLogLikelihood,
            Matrix dLogVariance, long begin, long end) {
        ElboCpu.elbo4j_cpu_gaussian_shared_log_variance_gradient(level, at(mean), stride(mean), at(logVariance),
                at(x), stride(x), samples(mean, x), at(dLogLikelihood), at(dLogVariance), mean.rows(), begin, end);
    }

    @Override
    public void matmul(Matrix a, Matrix b, Matrix bias, boolean relu, Matrix c, long begin, long end) {
        ElboCpu.elbo4j_cpu_matmul(level, at(a), stride(a), at(b), stride(b), at(bias), relu ? 1 : 0, at(c), stride(c),
                c.columns(), a.columns(), begin, end);
    }

    @Override
    public void matmulTransposedB(Matrix a, Matrix b, Matrix gate, Matrix c, long begin, long end) {
        ElboCpu.elbo4j_cpu_matmul_transposed_b(level, at(a), stride(a), at(b), stride(b), at(gate), stride(gate),
                at(c), stride(c), c.columns(), a.columns(), begin, end);
    }

    @Override
    public void matmulTransposedA(Matrix a, Matrix b, Matrix c, long begin, long end) {
        ElboCpu.elbo4j_cpu_matmul_transposed_a(level, at(a), stride(a), at(b), stride(b), at(c), stride(c),
                c.columns(), a.rows(), begin, end);
    }

    @Override
    public void activation(Activation activation, Matrix x, Matrix y, long begin, long end) {
        ElboCpu.elbo4j_cpu_activation(level, activation.ordinal(), at(x), stride(x), at(y), stride(y), x.columns(),
                begin, end);
    }

    @Override
    public void activationGradient(Activation activation, Matrix x, Matrix dy, Matrix dx, long begin, long end) {
        ElboCpu.elbo4j_cpu_activation_gradient(level, activation.ordinal(), at(x), stride(x), at(dy), stride(dy),
                at(dx), stride(dx), x.columns(), begin, end);
    }

    @Override
    public void map(ScalarFunction function, Matrix x, Matrix y, long begin, long end) {
        ElboCpu.elbo4j_cpu_map(level, function.ordinal(), at(x), stride(x), at(y), stride(y), x.columns(), begin, end);
    }

    @Override
    public void rowSums(Matrix x, Matrix sums, long begin, long end) {
        ElboCpu.elbo4j_cpu_row_sums(level, at(x), stride(x), at(sums), x.columns(), begin, end);
    }

    @Override
    public void rowSumsOfSquares(Matrix x, Matrix sums, long begin, long end) {
        ElboCpu.elbo4j_cpu_row_sums_of_squares(level, at(x), stride(x), at(sums), x.columns(), begin, end);
    }

    @Override
    public void columnSums(Matrix x, Matrix sums, long begin, long end) {
        ElboCpu.elbo4j_cpu_column_sums(level, at(x), stride(x), at(sums), x.rows(), begin, end);
    }

    @Override
    public void logMeanExp(Matrix x, Matrix result, long begin, long end) {
        ElboCpu.elbo4j_cpu_log_mean_exp(level, at(x), stride(x), at(result), x.columns(), begin, end);
    }

    @Override
    public void logMeanExpBackward(Matrix x, Matrix dResult, Matrix dx, long begin, long end) {
        ElboCpu.elbo4j_cpu_log_mean_exp_backward(level, at(x), stride(x), at(dResult), at(dx), stride(dx),
                x.columns(), begin, end);
    }

    @Override
    public void copy(Matrix source, Matrix target, long begin, long end) {
        ElboCpu.elbo4j_cpu_copy(level, type(source), any(source), stride(source), type(target), any(target),
                stride(target), target.columns(), begin, end);
    }

    @Override
    public void add(Matrix source, Matrix target, long begin, long end) {
        ElboCpu.elbo4j_cpu_add(level, at(source), stride(source), at(target), stride(target), target.columns(), begin,
                end);
    }

    @Override
    public void fill(float value, Matrix target, long begin, long end) {
        ElboCpu.elbo4j_cpu_fill(level, value, at(target), stride(target), target.columns(), begin, end);
    }

    @Override
    public void gather(Matrix source, Indices rows, Matrix target, long begin, long end) {
        ElboCpu.elbo4j_cpu_gather(level, at(source), stride(source), ((NativeIndices) rows).address(), at(target),
                stride(target), target.columns(), begin, end);
    }

    @Override
    public void scatterAdd(Matrix source, Indices rows, Matrix target, long begin, long end) {
        ElboCpu.elbo4j_cpu_scatter_add(level, at(source), stride(source), ((NativeIndices) rows).address(),
                source.rows(), at(target), stride(target), begin, end);
    }

    @Override
    public void normal(Noise noise, Matrix target, long begin, long end) {
        ElboCpu.elbo4j_cpu_normal(level, noise.seed(), noise.draw(), noise.firstRow(), at(target), stride(target),
                target.columns(), begin, end);
    }

    @Override
    public void uniform(Noise noise, float low, float high, Matrix target, long begin, long end) {
        ElboCpu.elbo4j_cpu_uniform(level, noise.seed(), noise.draw(), noise.firstRow(), low, high, at(target),
                stride(target), target.columns(), begin, end);
    }

    @Override
    public void binarise(Matrix probability, Noise noise, Matrix target, long begin, long end) {
        ElboCpu.elbo4j_cpu_binarise(level, at(probability), stride(probability), noise.seed(), noise.draw(),
                noise.firstRow(), at(target), stride(target), target.columns(), begin, end);
    }

    @Override
    public void adam(Matrix parameter, Matrix gradient, Matrix firstMoment, Matrix secondMoment, AdamStep step,
            Matrix gradientScale, long begin, long end) {
        ElboCpu.elbo4j_cpu_adam(level, at(parameter), stride(parameter), at(gradient), stride(gradient),
                at(firstMoment), stride(firstMoment), at(secondMoment), stride(secondMoment), step.beta1(),
                step.oneMinusBeta1(), step.beta2(), step.oneMinusBeta2(), step.stepSize(),
                step.inverseRootCorrection(), step.epsilon(), at(gradientScale), parameter.columns(), begin, end);
    }

    @Override
    public void clipScale(Matrix sumsOfSquares, float maximumNorm, Matrix scale, long begin, long end) {
        ElboCpu.elbo4j_cpu_clip_scale(level, at(sumsOfSquares), sumsOfSquares.columns(), maximumNorm, at(scale));
    }
}
