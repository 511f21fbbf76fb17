package io.elbo4j.train.graph;

import io.elbo4j.Activation;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Storage;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Binarise;
import io.elbo4j.operation.CategoricalLogLikelihood;
import io.elbo4j.operation.Clip;
import io.elbo4j.operation.Convolution;
import io.elbo4j.operation.Dropout;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.GaussianKlPerDimension;
import io.elbo4j.operation.GaussianLogLikelihood;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.Gru;
import io.elbo4j.operation.LambdaReturns;
import io.elbo4j.operation.LayerNorm;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.LogisticMixtureLogLikelihood;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.MovingAverage;
import io.elbo4j.operation.OneHot;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Softmax;
import io.elbo4j.operation.Sums;
import io.elbo4j.operation.TanhGaussian;
import io.elbo4j.operation.Transpose;
import io.elbo4j.operation.Triangular;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.LongStream;

/**
 * Runs the launches of a forward pass in double precision, each operation from its formula, on memory of its own. Noise
 * is the kernels'. What it has no formula for is an error, so that no operation goes unseen.
 */
final class Interpreter {
    /** The input of a ReLU, or of a clamp, is too close to its kink for finite differences. */
    static final class TooClose extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooClose(double x) {
            super("a ReLU's input is " + x);
        }
    }

    /** The log-likelihood of an element with the parameters p. */
    interface Likelihood {
        double of(double x, double... p);
    }

    private static final double KINK = 1e-4;
    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private final Map<LogLikelihood.Function, Likelihood> likelihoods =
            new EnumMap<>(Map.of(LogLikelihood.Function.BERNOULLI,
                    (x, p) -> x * p[0] - Math.max(p[0], 0) - Math.log1p(Math.exp(-Math.abs(p[0])))));
    private final Map<Storage, double[]> memory = new IdentityHashMap<>();
    private final Map<Class<?>, Consumer<Object>> formulas = new LinkedHashMap<>();

    /** @param more formulas of likelihoods beside that of Bernoulli */
    Interpreter(Map<LogLikelihood.Function, Likelihood> more) {
        likelihoods.putAll(more);
        formula(Matmul.Forward.class, this::matmul);
        formula(Elementwise.Apply.class, o -> each(o.x(), o.y(), function(o.function().name())));
        formula(Elementwise.Gradient.class, o -> {
            if (o.function() != Activation.RELU) {
                throw new IllegalArgumentException("only the gradient of relu is what a layer computes forward");
            }
            forEach(o.dx(), (r, c) -> set(o.dx(), r, c, get(o.x(), r, c) <= 0 ? 0 : get(o.dy(), r, c)));
        });
        formula(Convolution.Gather.class, this::gather);
        formula(Convolution.Spread.class, this::spread);
        formula(Rows.Copy.class, o -> each(o.source(), o.target(), x -> x));
        formula(Rows.Add.class, o -> forEach(o.target(), (r, c) -> set(o.target(), r, c, get(o.target(), r, c)
                + get(o.source(), r, c))));
        formula(Rows.Repeat.class, o -> {
            long n = o.target().rows() / o.source().rows();
            forEach(o.target(), (r, c) -> set(o.target(), r, c, get(o.source(), r / (n * o.inner()) * o.inner()
                    + r % o.inner(), c)));
        });
        formula(Rows.SumRepeated.class, o -> {
            long n = o.source().rows() / o.target().rows();
            forEach(o.target(), (r, c) -> set(o.target(), r, c, 0));
            forEach(o.source(), (r, c) -> {
                long to = r / (n * o.inner()) * o.inner() + r % o.inner();
                set(o.target(), to, c, get(o.target(), to, c) + get(o.source(), r, c));
            });
        });
        formula(OneHot.Maximum.class, o -> {
            for (long r = 0; r < o.x().rows(); r++) {
                long best = 0;
                for (long c = 1; c < o.x().columns(); c++) {
                    best = get(o.x(), r, c) > get(o.x(), r, best) ? c : best;
                }
                for (long c = 0; c < o.x().columns(); c++) {
                    set(o.target(), r, c, c == best ? 1 : 0);
                }
            }
        });
        formula(OneHot.Largest.class, o -> forEach(o.target(), (r, c) -> {
            long before = LongStream.range(0, o.x().columns()).filter(j -> get(o.x(), r, j) > get(o.x(), r, c) || j < c
                    && get(o.x(), r, j) == get(o.x(), r, c)).count();
            set(o.target(), r, c, before < o.count() ? 1 : 0);
        }));
        formula(Rows.LookUp.class, o -> forEach(o.target(), (r, c) -> set(o.target(), r, c, get(o.table(), (long) get(
                o.index(), r, 0), c))));
        formula(Triangular.Product.class, o -> forEach(o.y(), (r, i) -> {
            double sum = 0;
            for (long j = 0; j < i; j++) {
                sum += get(o.packed(), r, i * (i - 1) / 2 + j) * get(o.x(), r, j);
            }
            set(o.y(), r, i, sum);
        }));
        formula(Arithmetic.Combine.class, o -> forEach(o.target(), (r, c) -> {
            double a = get(o.a(), r, c);
            double b = get(o.b(), r, c);
            set(o.target(), r, c, switch (o.function()) {
                case ADD -> a + b;
                case SUBTRACT -> a - b;
                case MULTIPLY -> a * b;
            });
        }));
        formula(Clip.Value.class, o -> each(o.x(), o.y(), x -> {
            if (Math.abs(Math.abs(x) - o.limit()) < KINK) {
                throw new TooClose(x);
            }
            return Math.max(-o.limit(), Math.min(o.limit(), x));
        }));
        formula(MovingAverage.Update.class, o -> forEach(o.target(), (r, c) -> set(o.target(), r, c, get(o.target(), r,
                c) + o.share() * (get(o.x(), r, c) - get(o.target(), r, c)))));
        formula(Arithmetic.Scale.class, o -> each(o.x(), o.y(), x -> o.factor() * x + o.shift()));
        formula(Rows.Fill.class, o -> forEach(o.target(), (r, c) -> set(o.target(), r, c, o.value())));
        // data and what is drawn from it depend on no parameter
        formula(Rows.Gather.class, o -> {});
        formula(Binarise.Forward.class, o -> {});
        formula(RandomFill.Normal.class, o -> {
            double[][] noise = noise(o.noise(), o.target());
            forEach(o.target(), (r, c) -> set(o.target(), r, c, noise[(int) r][(int) c]));
        });
        formula(GaussianSampleKl.Forward.class, this::sampleKl);
        formula(TanhGaussian.Forward.class, this::tanhGaussian);
        formula(LambdaReturns.Forward.class, o -> {
            for (long r = 0; r < o.returns().rows(); r++) {
                double next = get(o.values(), r, o.values().columns() - 1);
                for (long t = o.values().columns() - 1; t >= 0; t--) {
                    double mean = get(o.values(), r, t) + o.lambda() * (next - get(o.values(), r, t));
                    next = get(o.rewards(), r, t) + get(o.discounts(), r, t) * mean;
                    set(o.returns(), r, t, next);
                }
            }
        });
        formula(GaussianKlPerDimension.Forward.class, o -> {
            forEach(o.klPerDimension(), (r, c) -> set(o.klPerDimension(), r, c, 0));
            forEach(o.mean(), (r, c) -> set(o.klPerDimension(), 0, c, get(o.klPerDimension(), 0, c)
                    + kl(o.mean(), o.logVariance(), o.priorMean(), o.priorLogVariance(), r, c)));
        });
        formula(GaussianKlPerDimension.FreeBitsGate.class, o -> forEach(o.columnWeight(), (r, c) -> set(o
                .columnWeight(), r, c, get(o.klPerDimension(), r, c) > o.threshold() ? 1 : 0)));
        formula(LogLikelihood.Fused.class, this::logLikelihood);
        formula(CategoricalLogLikelihood.Fused.class, this::categorical);
        formula(LogisticMixtureLogLikelihood.Fused.class, this::logisticMixture);
        formula(GaussianLogLikelihood.Fused.class, this::gaussian);
        formula(Sums.Rows.class, o -> {
            for (long r = 0; r < o.x().rows(); r++) {
                double sum = 0;
                for (long c = 0; c < o.x().columns(); c++) {
                    sum += get(o.x(), r, c);
                }
                set(o.sums(), r, 0, sum);
            }
        });
        formula(Sums.Columns.class, o -> {
            forEach(o.sums(), (r, c) -> set(o.sums(), r, c, 0));
            forEach(o.x(), (r, c) -> set(o.sums(), 0, c, get(o.sums(), 0, c) + get(o.x(), r, c)));
        });
        formula(Sums.RowsOfSquares.class, o -> {
            for (long r = 0; r < o.x().rows(); r++) {
                double sum = 0;
                for (long c = 0; c < o.x().columns(); c++) {
                    sum += get(o.x(), r, c) * get(o.x(), r, c);
                }
                set(o.sums(), r, 0, sum);
            }
        });
        formula(Matmul.InputGradient.class, o -> forEach(o.dA(), (r, c) -> {
            double sum = 0;
            for (long k = 0; k < o.dC().columns(); k++) {
                sum += get(o.dC(), r, k) * get(o.b(), c, k);
            }
            set(o.dA(), r, c, sum);
        }));
        formula(Transpose.Of.class, o -> forEach(o.y(), (r, c) -> set(o.y(), r, c, get(o.x(), c, r))));
        formula(LogMeanExp.Forward.class, this::logMeanExp);
        formula(LogMeanExp.Backward.class, o -> {
            for (long r = 0; r < o.x().rows(); r++) {
                double sum = 0;
                for (long c = 0; c < o.x().columns(); c++) {
                    sum += Math.exp(get(o.x(), r, c));
                }
                for (long c = 0; c < o.x().columns(); c++) {
                    set(o.dx(), r, c, get(o.dResult(), r, 0) * Math.exp(get(o.x(), r, c)) / sum);
                }
            }
        });
        formula(LayerNorm.Forward.class, this::layerNorm);
        formula(Gru.Forward.class, this::gru);
        formula(Gru.Reset.class, o -> forEach(o.carried(), (r, c) -> set(o.carried(), r, c, get(o.begins(), r, 0) != 0
                ? 0 : get(o.h(), r, c))));
        formula(Softmax.Forward.class, o -> softmax(o.x(), o.y(), false));
        formula(Softmax.LogForward.class, o -> softmax(o.x(), o.y(), true));
        formula(Softmax.LogBackward.class, o -> forEach(o.dx(), (r, c) -> {
            double sum = 0;
            for (long j = 0; j < o.dy().columns(); j++) {
                sum += get(o.dy(), r, j);
            }
            set(o.dx(), r, c, get(o.dy(), r, c) - Math.exp(get(o.y(), r, c)) * sum);
        }));
        formula(RandomFill.Uniform.class, o -> {
            double[][] u = uniform(o.noise(), o.low(), o.high(), o.target());
            forEach(o.target(), (r, c) -> set(o.target(), r, c, u[(int) r][(int) c]));
        });
        // a rate that is a multiple of 2^-24 and the 24 bits of a uniform number drop what the kernel drops
        formula(Dropout.Apply.class, o -> {
            double[][] u = uniform(o.noise(), 0, 1, o.y());
            double rate = Integer.toUnsignedLong(o.threshold()) * 0x1p-32;
            forEach(o.y(), (r, c) -> set(o.y(), r, c, u[(int) r][(int) c] < rate ? 0 : get(o.x(), r, c) / (1 - rate)));
        });
        // gradients that a likelihood writes while it has the data in the cache: not looked at here
        formula(GaussianLogLikelihood.SharedLogVarianceGradient.class, o -> {});
    }

    private <O> void formula(Class<O> operation, Consumer<O> formula) {
        formulas.put(operation, o -> formula.accept(operation.cast(o)));
    }

    void run(List<Launch> launches) {
        for (Launch launch : launches) {
            Consumer<Object> formula = formulas.get(launch.body().getClass());
            if (formula == null) {
                throw new AssertionError("the interpreter has no formula for " + launch.body().getClass().getName());
            }
            formula.accept(launch.body());
        }
    }

    private interface Elements {
        void at(long row, long column);
    }

    private static void forEach(Matrix m, Elements elements) {
        for (long r = 0; r < m.rows(); r++) {
            for (long c = 0; c < m.columns(); c++) {
                elements.at(r, c);
            }
        }
    }

    private void each(Matrix x, Matrix y, DoubleUnaryOperator f) {
        forEach(y, (r, c) -> set(y, r, c, f.applyAsDouble(get(x, r, c))));
    }

    /** What was there in float32, until it is set. */
    private double[] values(Storage storage) {
        return memory.computeIfAbsent(storage, s -> {
            float[] values = Matrix.view(s, 0, 1, s.elements(), s.elements()).toArray();
            double[] copy = new double[values.length];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = values[i];
            }
            return copy;
        });
    }

    double get(Matrix m, long row, long column) {
        return values(m.storage())[(int) (m.offset() + row * m.rowStride() + column)];
    }

    void set(Matrix m, long row, long column, double value) {
        values(m.storage())[(int) (m.offset() + row * m.rowStride() + column)] = value;
    }

    private void matmul(Matmul.Forward o) {
        forEach(o.c(), (r, c) -> {
            double sum = o.bias() == null ? 0 : get(o.bias(), 0, c);
            for (long k = 0; k < o.a().columns(); k++) {
                sum += get(o.a(), r, k) * get(o.b(), k, c);
            }
            set(o.c(), r, c, o.relu() ? function("RELU").applyAsDouble(sum) : sum);
        });
    }

    private static DoubleUnaryOperator function(String name) {
        return switch (name) {
            case "IDENTITY" -> x -> x;
            case "RELU" -> x -> {
                if (Math.abs(x) < KINK) {
                    throw new TooClose(x);
                }
                return Math.max(x, 0);
            };
            case "TANH" -> Math::tanh;
            case "SIGMOID" -> x -> 1 / (1 + Math.exp(-x));
            case "SOFTPLUS" -> x -> Math.log1p(Math.exp(x));
            // Hendrycks and Gimpel 2016, section 2
            case "GELU" -> x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case "SILU" -> x -> x / (1 + Math.exp(-x));
            case "ELU" -> x -> x > 0 ? x : Math.expm1(x);
            case "EXP" -> Math::exp;
            case "LOG" -> Math::log;
            case "SQRT" -> Math::sqrt;
            case "SQUARE" -> x -> x * x;
            default -> throw new AssertionError("the interpreter has no formula for " + name);
        };
    }

    private static double[][] noise(Noise noise, Matrix like) {
        try (io.elbo4j.purejava.JavaBackend java = new io.elbo4j.purejava.JavaBackend(1);
                Matrix eps = java.matrix(like.rows(), like.columns())) {
            new RandomFill.Normal(noise, eps).run(0, eps.rows());
            return Doubles.of(eps);
        }
    }

    private static double[][] uniform(Noise noise, float low, float high, Matrix like) {
        try (io.elbo4j.purejava.JavaBackend java = new io.elbo4j.purejava.JavaBackend(1);
                Matrix u = java.matrix(like.rows(), like.columns())) {
            new RandomFill.Uniform(noise, low, high, u).run(0, u.rows());
            return Doubles.of(u);
        }
    }

    private void softmax(Matrix x, Matrix y, boolean log) {
        for (long r = 0; r < x.rows(); r++) {
            double sum = 0;
            for (long c = 0; c < x.columns(); c++) {
                sum += Math.exp(get(x, r, c));
            }
            for (long c = 0; c < x.columns(); c++) {
                set(y, r, c, log ? get(x, r, c) - Math.log(sum) : Math.exp(get(x, r, c)) / sum);
            }
        }
    }

    private double orZero(Matrix m, long row, long column) {
        return m == null ? 0 : get(m, row, column);
    }

    private double kl(Matrix mean, Matrix logVariance, Matrix priorMean, Matrix priorLogVariance, long r, long c) {
        double lv = get(logVariance, r, c);
        double plv = orZero(priorLogVariance, r, c);
        double d = get(mean, r, c) - orZero(priorMean, r, c);
        return (plv - lv) / 2 + (Math.exp(lv) + d * d) / (2 * Math.exp(plv)) - 0.5;
    }

    private static double logNormal(double x, double mean, double logVariance) {
        double d = x - mean;
        return -0.5 * (LOG_2_PI + logVariance + d * d / Math.exp(logVariance));
    }

    private void sampleKl(GaussianSampleKl.Forward o) {
        for (long r = 0; r < o.mean().rows(); r++) {
            double sum = 0;
            for (long c = 0; c < o.mean().columns(); c++) {
                sum += kl(o.mean(), o.logVariance(), o.priorMean(), o.priorLogVariance(), r, c);
            }
            set(o.kl(), r, 0, sum);
        }
        if (o.z() == null) {
            return;
        }
        long samples = o.z().rows() / o.mean().rows();
        double[][] eps = noise(o.noise(), o.z());
        for (long i = 0; i < o.z().rows(); i++) {
            long r = i / samples;
            double ratio = 0;
            for (long c = 0; c < o.z().columns(); c++) {
                double lv = get(o.logVariance(), r, c);
                double z = get(o.mean(), r, c) + Math.exp(lv / 2) * eps[(int) i][(int) c];
                set(o.z(), i, c, z);
                ratio += logNormal(z, orZero(o.priorMean(), r, c), orZero(o.priorLogVariance(), r, c))
                        - logNormal(z, get(o.mean(), r, c), lv);
            }
            if (o.logRatio() != null) {
                set(o.logRatio(), i, 0, ratio);
            }
        }
    }

    private void tanhGaussian(TanhGaussian.Forward o) {
        double[][] eps = noise(o.noise(), o.mean());
        for (int r = 0; r < o.mean().rows(); r++) {
            double sum = 0;
            for (int c = 0; c < o.mean().columns(); c++) {
                double logSigma = -5 + 3.5 * (Math.tanh(get(o.spread(), r, c)) + 1);
                double mean = get(o.mean(), r, c);
                double u = mean + Math.exp(logSigma) * eps[r][c];
                set(o.action(), r, c, Math.tanh(u));
                sum += logNormal(u, mean, 2 * logSigma) - 2 * (Math.log(2) - u - Math.log1p(Math.exp(-2 * u)));
            }
            set(o.logProbability(), r, 0, sum);
        }
    }

    private void gather(Convolution.Gather o) {
        long channels = o.shape().smallChannels();
        double[][] sums = new double[(int) o.small().rows()][(int) o.small().columns()];
        forEachProduct(o.shape(), (big, small, weight) -> {
            for (int n = 0; n < sums.length; n++) {
                sums[n][small] += get(o.big(), n, big) * get(o.weight(), weight / channels, weight % channels);
            }
        });
        forEach(o.small(), (r, c) -> set(o.small(), r, c, finish(sums[(int) r][(int) c], o.bias(), c % channels, o
                .relu())));
    }

    private void spread(Convolution.Spread o) {
        long channels = o.shape().smallChannels();
        double[][] sums = new double[(int) o.big().rows()][(int) o.big().columns()];
        forEachProduct(o.shape(), (big, small, weight) -> {
            for (int n = 0; n < sums.length; n++) {
                sums[n][big] += get(o.small(), n, small) * get(o.weight(), weight / channels, weight % channels);
            }
        });
        forEach(o.big(), (r, c) -> set(o.big(), r, c, finish(sums[(int) r][(int) c], o.bias(), c % o.shape()
                .bigChannels(), o.relu())));
    }

    private double finish(double sum, Matrix bias, long channel, boolean relu) {
        double x = bias == null ? sum : sum + get(bias, 0, channel);
        return relu ? function("RELU").applyAsDouble(x) : x;
    }

    private interface Product {
        void of(int bigElement, int smallElement, int weight);
    }

    private static void forEachProduct(ConvolutionShape s, Product product) {
        for (int i = 0; i < s.smallRows() * s.smallColumns(); i++) {
            for (int w = 0; w < s.weightRows() * s.smallChannels(); w++) {
                int o = w % s.smallChannels();
                int c = w / s.smallChannels() % s.bigChannels();
                int tap = w / s.smallChannels() / s.bigChannels();
                int y = i / s.smallColumns() * s.stride() - s.padding() + tap / s.kernelColumns();
                int x = i % s.smallColumns() * s.stride() - s.padding() + tap % s.kernelColumns();
                if (y >= 0 && y < s.bigRows() && x >= 0 && x < s.bigColumns()) {
                    product.of((y * s.bigColumns() + x) * s.bigChannels() + c, i * s.smallChannels() + o, w);
                }
            }
        }
    }

    private void logLikelihood(LogLikelihood.Fused o) {
        Likelihood likelihood = likelihoods.get(o.function());
        if (likelihood == null) {
            throw new AssertionError("the interpreter has no formula for " + o.function());
        }
        long samples = o.parameter().rows() / o.x().rows();
        for (long r = 0; r < o.parameter().rows(); r++) {
            double sum = 0;
            for (long c = 0; c < o.parameter().columns(); c++) {
                sum += likelihood.of(get(o.x(), r / samples, c), get(o.parameter(), r, c), orZero(o.second(), r, c),
                        orZero(o.third(), r, c));
            }
            set(o.logLikelihood(), r, 0, sum);
        }
    }

    private void categorical(CategoricalLogLikelihood.Fused o) {
        long samples = o.logits().rows() / o.x().rows();
        long columns = o.x().columns();
        for (long r = 0; r < o.logits().rows(); r++) {
            double sum = 0;
            for (long d = 0; d < columns; d++) {
                double all = 0;
                for (long c = 0; c < o.logits().columns() / columns; c++) {
                    all += Math.exp(get(o.logits(), r, c * columns + d));
                }
                sum += get(o.logits(), r, (long) get(o.x(), r / samples, d) * columns + d) - Math.log(all);
            }
            set(o.logLikelihood(), r, 0, sum);
        }
    }

    private void logisticMixture(LogisticMixtureLogLikelihood.Fused o) {
        long samples = o.logits().rows() / o.x().rows();
        long columns = o.x().columns();
        for (long r = 0; r < o.logits().rows(); r++) {
            double sum = 0;
            for (long d = 0; d < columns; d++) {
                double all = 0;
                double p = 0;
                double x = get(o.x(), r / samples, d);
                for (long c = d; c < o.logits().columns(); c += columns) {
                    double weight = Math.exp(get(o.logits(), r, c));
                    double scale = Math.exp(get(o.logScale(), r, c));
                    double from = x <= 0 ? 0 : sigmoid((x - 0.5 - get(o.mean(), r, c)) / scale);
                    double to = x >= o.top() ? 1 : sigmoid((x + 0.5 - get(o.mean(), r, c)) / scale);
                    all += weight;
                    p += weight * (to - from);
                }
                sum += Math.log(p / all);
            }
            set(o.logLikelihood(), r, 0, sum);
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private void gaussian(GaussianLogLikelihood.Fused o) {
        long samples = o.mean().rows() / o.x().rows();
        for (long r = 0; r < o.mean().rows(); r++) {
            double sum = 0;
            for (long c = 0; c < o.mean().columns(); c++) {
                sum += logNormal(get(o.x(), r / samples, c), get(o.mean(), r, c), get(o.logVariance(), r, c));
            }
            set(o.logLikelihood(), r, 0, sum);
        }
    }

    private void gru(Gru.Forward o) {
        DoubleUnaryOperator sigmoid = function("SIGMOID");
        long d = o.h().columns();
        forEach(o.h(), (row, c) -> {
            double bn = get(o.b(), row, 2 * d + c);
            double r = sigmoid.applyAsDouble(get(o.b(), row, c) + (o.a() == null ? 0 : get(o.a(), row, d + c)));
            double z = o.a() == null ? 1 - sigmoid.applyAsDouble(get(o.b(), row, d + c) - 1)
                    : sigmoid.applyAsDouble(get(o.b(), row, d + c) + get(o.a(), row, 2 * d + c));
            double n = Math.tanh((o.a() == null ? 0 : get(o.a(), row, c)) + r * bn);
            double next = (1 - z) * n + z * get(o.h(), row, c);
            set(o.next(), row, c, next);
            if (o.carried() != null) {
                set(o.carried(), row, c, o.begins() != null && get(o.begins(), row, 0) != 0 ? 0 : next);
            }
            // where a was: only the backward pass reads them
            set(o.kept(), row, c, n);
            set(o.kept(), row, d + c, r);
            set(o.kept(), row, 2 * d + c, z);
            set(o.kept(), row, 3 * d + c, bn);
        });
    }

    private void layerNorm(LayerNorm.Forward o) {
        long columns = o.x().columns();
        for (long r = 0; r < o.x().rows(); r++) {
            double mean = 0;
            double square = 0;
            for (long c = 0; c < columns && o.mean() != null; c++) {
                mean += get(o.x(), r, c) / columns;
            }
            for (long c = 0; c < columns; c++) {
                square += Math.pow(get(o.x(), r, c) - mean, 2) / columns;
            }
            for (long c = 0; c < columns; c++) {
                double xhat = (get(o.x(), r, c) - mean) / Math.sqrt(square + o.epsilon());
                set(o.y(), r, c, xhat * get(o.gamma(), 0, c) + (o.beta() == null ? 0 : get(o.beta(), 0, c)));
            }
        }
    }

    private void logMeanExp(LogMeanExp.Forward o) {
        for (long r = 0; r < o.x().rows(); r++) {
            double most = Double.NEGATIVE_INFINITY;
            for (long c = 0; c < o.x().columns(); c++) {
                most = Math.max(most, get(o.x(), r, c));
            }
            double sum = 0;
            for (long c = 0; c < o.x().columns(); c++) {
                sum += Math.exp(get(o.x(), r, c) - most);
            }
            set(o.result(), r, 0, most + Math.log(sum / o.x().columns()));
        }
    }
}
