package io.elbo4j.cuda;

import io.elbo4j.Activation;
import io.elbo4j.AdamStep;
import io.elbo4j.Indices;
import io.elbo4j.Kernels;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.ScalarFunction;
import io.elbo4j.cuda.jni.DenseUpdate;
import io.elbo4j.cuda.jni.ElboCuda;
import io.elbo4j.operation.Adam;
import java.lang.ref.Reference;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/** Hands matrices to the C API, elbo4j_cuda.h: each call queues its kernels on the stream. Items are never split. */
final class CudaKernels implements Kernels {
    private final CudaQueue queue;
    private LiveValues live;
    private long calls;

    CudaKernels(CudaQueue queue) {
        this.queue = queue;
    }

    /** Kernels called from now on read what changes between runs from there; null: they have it by value. */
    void readFrom(LiveValues values) {
        live = values;
    }

    /** How many calls there have been. */
    long calls() {
        return calls;
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

    private LongPointer live(Noise noise) {
        return live == null ? null : live.of(noise);
    }

    private LongPointer live(AdamStep step) {
        return live == null ? null : live.of(step);
    }

    private LongPointer live(Indices rows) {
        return live == null ? null : live.of((CudaIndices) rows);
    }

    /** The first row number, to which the kernel adds the position where that is live. */
    private IntPointer start(Indices rows) {
        CudaIndices indices = (CudaIndices) rows;
        return live == null ? indices.address() : indices.start();
    }

    /** The stream, for all items at once. */
    private Pointer stream(long begin, long end, long items) {
        if (begin != 0 || end != items) {
            throw new IllegalArgumentException("a kernel of the cuda backend runs all its items, from 0 to " + items
                    + ", not from " + begin + " to " + end);
        }
        calls++;
        return queue.use();
    }

    private static void check(int error) {
        CudaErrors.check(error);
    }

    @Override
    public void gaussianSampleKl(Matrix mean, Matrix logVariance, Matrix priorMean, Matrix priorLogVariance,
            Noise noise, Matrix z, Matrix kl, Matrix logRatio, long begin, long end) {
        Pointer stream = stream(begin, end, mean.rows());
        check(ElboCuda.elbo4j_cuda_gaussian_sample_kl(type(mean), any(mean), stride(mean), any(logVariance),
                stride(logVariance), any(priorMean), stride(priorMean), any(priorLogVariance), stride(priorLogVariance),
                noise.seed(), noise.draw(), noise.firstRow(), live(noise), samples(z, mean), any(z), stride(z), at(kl),
                at(logRatio), mean.rows(), mean.columns(), stream));
    }

    @Override
    public void gaussianSampleKlBackward(Matrix mean, Matrix logVariance, Matrix priorMean, Matrix priorLogVariance,
            Noise noise, Matrix dz, Matrix dKl, Matrix columnWeight, Matrix dMean, Matrix dLogVariance,
            Matrix dPriorMean, Matrix dPriorLogVariance, long begin, long end) {
        Pointer stream = stream(begin, end, mean.rows());
        check(ElboCuda.elbo4j_cuda_gaussian_sample_kl_backward(type(mean), any(mean), stride(mean), any(logVariance),
                stride(logVariance), any(priorMean), stride(priorMean), any(priorLogVariance), stride(priorLogVariance),
                noise.seed(), noise.draw(), noise.firstRow(), live(noise), samples(dz, mean), any(dz), stride(dz),
                at(dKl), at(columnWeight), any(dMean), stride(dMean), any(dLogVariance), stride(dLogVariance),
                any(dPriorMean), stride(dPriorMean), any(dPriorLogVariance), stride(dPriorLogVariance), mean.rows(),
                mean.columns(), stream));
    }

    @Override
    public void gaussianKlPerDimension(Matrix mean, Matrix logVariance, Matrix priorMean, Matrix priorLogVariance,
            Matrix klPerDimension, long begin, long end) {
        Pointer stream = stream(begin, end, mean.columns());
        check(ElboCuda.elbo4j_cuda_gaussian_kl_per_dimension(at(mean), stride(mean), at(logVariance),
                stride(logVariance), at(priorMean), stride(priorMean), at(priorLogVariance), stride(priorLogVariance),
                at(klPerDimension), mean.rows(), mean.columns(), stream));
    }

    @Override
    public void freeBitsGate(Matrix klPerDimension, float threshold, Matrix columnWeight, long begin, long end) {
        Pointer stream = stream(begin, end, klPerDimension.columns());
        check(ElboCuda.elbo4j_cuda_free_bits_gate(at(klPerDimension), threshold, at(columnWeight),
                klPerDimension.columns(), stream));
    }

    @Override
    public void bernoulliLogLikelihood(Matrix logits, Matrix x, Matrix dLogLikelihood, Matrix logLikelihood,
            Matrix dLogits, long begin, long end) {
        Pointer stream = stream(begin, end, logits.rows());
        check(ElboCuda.elbo4j_cuda_bernoulli_log_likelihood(type(logits), any(logits), stride(logits), any(x),
                stride(x), samples(logits, x), at(dLogLikelihood), at(logLikelihood), any(dLogits), stride(dLogits),
                logits.rows(), logits.columns(), stream));
    }

    @Override
    public void gaussianLogLikelihood(Matrix mean, Matrix logVariance, Matrix x, Matrix dLogLikelihood,
            Matrix logLikelihood, Matrix dMean, Matrix dLogVariance, long begin, long end) {
        Pointer stream = stream(begin, end, mean.rows());
        check(ElboCuda.elbo4j_cuda_gaussian_log_likelihood(type(mean), any(mean), stride(mean), any(logVariance),
                stride(logVariance), any(x), stride(x), samples(mean, x), at(dLogLikelihood), at(logLikelihood),
                any(dMean), stride(dMean), any(dLogVariance), stride(dLogVariance), mean.rows(), mean.columns(),
                stream));
    }

    @Override
    public void gaussianSharedLogVarianceGradient(Matrix mean, Matrix logVariance, Matrix x, Matrix dLogLikelihood,
            Matrix dLogVariance, long begin, long end) {
        Pointer stream = stream(begin, end, mean.columns());
        check(ElboCuda.elbo4j_cuda_gaussian_shared_log_variance_gradient(at(mean), stride(mean), at(logVariance),
                at(x), stride(x), samples(mean, x), at(dLogLikelihood), at(dLogVariance), mean.rows(), mean.columns(),
                stream));
    }

    @Override
    public void matmul(Matrix a, Matrix b, Matrix bias, boolean relu, Matrix c, long begin, long end) {
        Pointer stream = stream(begin, end, c.rows());
        check(ElboCuda.elbo4j_cuda_matmul(at(a), stride(a), at(b), stride(b), at(bias), relu ? 1 : 0, at(c),
                stride(c), c.rows(), c.columns(), a.columns(), stream));
    }

    @Override
    public void matmulTransposedB(Matrix a, Matrix b, Matrix gate, Matrix c, long begin, long end) {
        Pointer stream = stream(begin, end, c.rows());
        check(ElboCuda.elbo4j_cuda_matmul_transposed_b(at(a), stride(a), at(b), stride(b), at(gate), stride(gate),
                at(c), stride(c), c.rows(), c.columns(), a.columns(), stream));
    }

    @Override
    public void matmulTransposedA(Matrix a, Matrix b, Matrix c, long begin, long end) {
        Pointer stream = stream(begin, end, c.rows());
        check(ElboCuda.elbo4j_cuda_matmul_transposed_a(at(a), stride(a), at(b), stride(b), at(c), stride(c), c.rows(),
                c.columns(), a.rows(), stream));
    }

    /** What {@link DenseUpdates} runs. */
    void denseUpdates(List<DenseUpdates.Layer> layers, AdamStep step) {
        calls++;
        Pointer stream = queue.use();
        try (DenseUpdate updates = new DenseUpdate(layers.size())) {
            for (int i = 0; i < layers.size(); i++) {
                put(layers.get(i), updates.position(i));
            }
            check(ElboCuda.elbo4j_cuda_dense_updates(updates.position(0), layers.size(), step.beta1(),
                    step.oneMinusBeta1(), step.beta2(), step.oneMinusBeta2(), step.stepSize(),
                    step.inverseRootCorrection(), step.epsilon(), live(step), stream));
        }
        // the structure holds plain addresses
        Reference.reachabilityFence(layers);
    }

    private static void put(DenseUpdates.Layer layer, DenseUpdate update) {
        Matrix x = layer.gradient().a();
        Matrix dy = layer.gradient().dC();
        Adam.Update weight = layer.weight();
        Adam.Update bias = layer.bias();
        update.x(at(x)).x_stride(stride(x)).dy(at(dy)).dy_stride(stride(dy));
        update.batch(x.rows()).inputs(x.columns()).outputs(dy.columns());
        update.weight(at(weight.parameter())).weight_gradient(at(weight.gradient()));
        update.weight_first_moment(at(weight.firstMoment())).weight_second_moment(at(weight.secondMoment()));
        update.bias(bias == null ? null : at(bias.parameter()));
        update.bias_gradient(bias == null ? null : at(bias.gradient()));
        update.bias_first_moment(bias == null ? null : at(bias.firstMoment()));
        update.bias_second_moment(bias == null ? null : at(bias.secondMoment()));
    }

    @Override
    public void activation(Activation activation, Matrix x, Matrix y, long begin, long end) {
        Pointer stream = stream(begin, end, x.rows());
        check(ElboCuda.elbo4j_cuda_activation(activation.ordinal(), at(x), stride(x), at(y), stride(y), x.rows(),
                x.columns(), stream));
    }

    @Override
    public void activationGradient(Activation activation, Matrix x, Matrix dy, Matrix dx, long begin, long end) {
        Pointer stream = stream(begin, end, x.rows());
        check(ElboCuda.elbo4j_cuda_activation_gradient(activation.ordinal(), at(x), stride(x), at(dy), stride(dy),
                at(dx), stride(dx), x.rows(), x.columns(), stream));
    }

    @Override
    public void map(ScalarFunction function, Matrix x, Matrix y, long begin, long end) {
        Pointer stream = stream(begin, end, x.rows());
        check(ElboCuda.elbo4j_cuda_map(function.ordinal(), at(x), stride(x), at(y), stride(y), x.rows(), x.columns(),
                stream));
    }

    @Override
    public void rowSums(Matrix x, Matrix sums, long begin, long end) {
        Pointer stream = stream(begin, end, x.rows());
        check(ElboCuda.elbo4j_cuda_row_sums(at(x), stride(x), at(sums), x.rows(), x.columns(), stream));
    }

    @Override
    public void rowSumsOfSquares(Matrix x, Matrix sums, long begin, long end) {
        Pointer stream = stream(begin, end, x.rows());
        check(ElboCuda.elbo4j_cuda_row_sums_of_squares(at(x), stride(x), at(sums), x.rows(), x.columns(), stream));
    }

    @Override
    public void columnSums(Matrix x, Matrix sums, long begin, long end) {
        Pointer stream = stream(begin, end, x.columns());
        check(ElboCuda.elbo4j_cuda_column_sums(at(x), stride(x), at(sums), x.rows(), x.columns(), stream));
    }

    @Override
    public void logMeanExp(Matrix x, Matrix result, long begin, long end) {
        Pointer stream = stream(begin, end, x.rows());
        check(ElboCuda.elbo4j_cuda_log_mean_exp(at(x), stride(x), at(result), x.rows(), x.columns(), stream));
    }

    @Override
    public void logMeanExpBackward(Matrix x, Matrix dResult, Matrix dx, long begin, long end) {
        Pointer stream = stream(begin, end, x.rows());
        check(ElboCuda.elbo4j_cuda_log_mean_exp_backward(at(x), stride(x), at(dResult), at(dx),
                stride(dx), x.rows(), x.columns(), stream));
    }

    @Override
    public void copy(Matrix source, Matrix target, long begin, long end) {
        Pointer stream = stream(begin, end, target.rows());
        check(ElboCuda.elbo4j_cuda_copy(type(source), any(source), stride(source), type(target), any(target),
                stride(target), target.rows(), target.columns(), stream));
    }

    @Override
    public void add(Matrix source, Matrix target, long begin, long end) {
        Pointer stream = stream(begin, end, target.rows());
        check(ElboCuda.elbo4j_cuda_add(at(source), stride(source), at(target), stride(target), target.rows(),
                target.columns(), stream));
    }

    @Override
    public void fill(float value, Matrix target, long begin, long end) {
        Pointer stream = stream(begin, end, target.rows());
        check(ElboCuda.elbo4j_cuda_fill(value, at(target), stride(target), target.rows(), target.columns(), stream));
    }

    @Override
    public void gather(Matrix source, Indices rows, Matrix target, long begin, long end) {
        Pointer stream = stream(begin, end, target.rows());
        check(ElboCuda.elbo4j_cuda_gather(at(source), stride(source), start(rows), live(rows), at(target),
                stride(target), target.rows(), target.columns(), stream));
    }

    @Override
    public void scatterAdd(Matrix source, Indices rows, Matrix target, long begin, long end) {
        Pointer stream = stream(begin, end, target.columns());
        check(ElboCuda.elbo4j_cuda_scatter_add(at(source), stride(source), start(rows), live(rows), source.rows(),
                at(target), stride(target), target.columns(), stream));
    }

    @Override
    public void normal(Noise noise, Matrix target, long begin, long end) {
        Pointer stream = stream(begin, end, target.rows());
        check(ElboCuda.elbo4j_cuda_normal(noise.seed(), noise.draw(), noise.firstRow(), live(noise), at(target),
                stride(target), target.rows(), target.columns(), stream));
    }

    @Override
    public void uniform(Noise noise, float low, float high, Matrix target, long begin, long end) {
        Pointer stream = stream(begin, end, target.rows());
        check(ElboCuda.elbo4j_cuda_uniform(noise.seed(), noise.draw(), noise.firstRow(), live(noise), low, high,
                at(target), stride(target), target.rows(), target.columns(), stream));
    }

    @Override
    public void binarise(Matrix probability, Noise noise, Matrix target, long begin, long end) {
        Pointer stream = stream(begin, end, target.rows());
        check(ElboCuda.elbo4j_cuda_binarise(at(probability), stride(probability), noise.seed(), noise.draw(),
                noise.firstRow(), live(noise), at(target), stride(target), target.rows(), target.columns(), stream));
    }

    @Override
    public void adam(Matrix parameter, Matrix gradient, Matrix firstMoment, Matrix secondMoment, AdamStep step,
            Matrix gradientScale, long begin, long end) {
        Pointer stream = stream(begin, end, parameter.rows());
        check(ElboCuda.elbo4j_cuda_adam(at(parameter), stride(parameter), at(gradient), stride(gradient),
                at(firstMoment), stride(firstMoment), at(secondMoment), stride(secondMoment), step.beta1(),
                step.oneMinusBeta1(), step.beta2(), step.oneMinusBeta2(), step.stepSize(),
                step.inverseRootCorrection(), step.epsilon(), live(step), at(gradientScale), parameter.rows(),
                parameter.columns(), stream));
    }

    @Override
    public void clipScale(Matrix sumsOfSquares, float maximumNorm, Matrix scale, long begin, long end) {
        Pointer stream = stream(begin, end, 1);
        check(ElboCuda.elbo4j_cuda_clip_scale(at(sumsOfSquares), sumsOfSquares.columns(), maximumNorm, at(scale),
                stream));
    }
}
