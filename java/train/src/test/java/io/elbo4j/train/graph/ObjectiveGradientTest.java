package io.elbo4j.train.graph;

import static io.elbo4j.train.graph.Reference.beside;
import static io.elbo4j.train.graph.Reference.columns;
import static io.elbo4j.train.graph.Reference.sample;
import static io.elbo4j.train.graph.Reference.zeros;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.GradientCheck.World;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.objective.DoublyReparameterised;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.objective.StickingTheLanding;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Objectives of sampled log ratios: the gradient of every parameter. A double evaluation takes the parameters of the
 * samples, of p and of q from three worlds, so that what an estimator holds is held.
 */
class ObjectiveGradientTest {
    private static final int X = 4;
    private static final double BETA = 0.7;

    /** For each sample. */
    private record Logs(double[] likelihood, double[] ratio) {
        double[] weights(double beta) {
            return IntStream.range(0, ratio.length).mapToDouble(i -> likelihood[i] + beta * ratio[i]).toArray();
        }
    }

    private interface Evaluation {
        Logs at(World samples, World p, World q);
    }

    private record Normal(double[][] mean, double[][] logVariance) {
        static Normal of(World w, String layer, double[][] x) {
            double[][] both = linear(w, layer, x);
            int n = both[0].length / 2;
            return new Normal(columns(both, 0, n), columns(both, n, 2 * n));
        }

        double[][] draw(World w, int noise) {
            return sample(mean, logVariance, w.noise(noise, mean[0].length));
        }

        double[] density(double[][] x) {
            return each(x.length, i -> Reference.gaussian(new double[][] {mean[i]}, new double[][] {logVariance[i]},
                    new double[][] {x[i]}));
        }
    }

    private static double[] each(int n, IntToDoubleFunction f) {
        return IntStream.range(0, n).mapToDouble(f).toArray();
    }

    private static double[] sum(double[]... parts) {
        return each(parts[0].length, i -> {
            double sum = 0;
            for (double[] part : parts) {
                sum += part[i];
            }
            return sum;
        });
    }

    private static double[] minus(double[] a, double[] b) {
        return each(a.length, i -> a[i] - b[i]);
    }

    private static double[][] linear(World w, String name, double[][] x) {
        return Reference.dense(x, w.weight(name), w.bias(name), Activation.IDENTITY);
    }

    private static double[] bernoulli(double[][] logits, double[][] x) {
        return each(x.length, i -> Reference.bernoulli(new double[][] {logits[i]}, new double[][] {x[i]}));
    }

    private static Normal standard(Normal like) {
        return new Normal(zeros(like.mean), zeros(like.mean));
    }

    enum Model {
        ONE_LATENT {
            @Override
            Evaluation build(Graph g, Value x) {
                Value z = g.latent("z", DiagonalGaussian.of("q", Dense.of("h", x, 5, Activation.TANH), 3));
                g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
                return (samples, p, q) -> {
                    Normal now = ofTanh(samples);
                    double[][] z0 = now.draw(samples, 0);
                    return new Logs(bernoulli(linear(p, "logits", z0), p.get("x")), minus(standard(now).density(z0),
                            ofTanh(q).density(z0)));
                };
            }

            private Normal ofTanh(World w) {
                return Normal.of(w, "q", Reference.dense(w.get("x"), w.weight("h"), w.bias("h"), Activation.TANH));
            }
        },
        /** And terms per row of the batch, and one that all share, which have no samples. */
        LEARNED_PRIOR {
            @Override
            Evaluation build(Graph g, Value x) {
                Value row = LearnedRow.of(g, "m", 3, 0.3f);
                Value lv = LearnedRow.of(g, "lv", 3, -0.4f);
                Value z = g.latent("z", DiagonalGaussian.of("q", x, 3), new DiagonalGaussian(row, lv));
                g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
                g.observe("per row", new Bernoulli(Dense.of("of x", x, X, Activation.IDENTITY)), x);
                g.observe("shared", new DiagonalGaussian(row, lv), LearnedRow.of(g, "seen", 3, 0.9f));
                return (samples, p, q) -> {
                    double[][] z0 = Normal.of(samples, "q", samples.get("x")).draw(samples, 0);
                    Normal prior = new Normal(p.shared("m"), p.shared("lv"));
                    return new Logs(sum(bernoulli(linear(p, "logits", z0), p.get("x")),
                            bernoulli(linear(p, "of x", p.get("x")), p.get("x")), prior.density(p.shared("seen"))),
                            minus(prior.density(z0), Normal.of(q, "q", q.get("x")).density(z0)));
                };
            }
        },
        CONDITIONAL_PRIOR {
            @Override
            Evaluation build(Graph g, Value x) {
                Value z2 = g.latent("z2", DiagonalGaussian.of("q2", x, 2));
                Value z1 = g.latent("z1", DiagonalGaussian.of("q1", x, 3), DiagonalGaussian.of("p1", z2, 3));
                g.observe("o", new Bernoulli(Dense.of("logits", Concatenate.of("z1, z2, x", z1, z2, x), X,
                        Activation.IDENTITY)), x);
                return (samples, p, q) -> {
                    Normal q2 = Normal.of(samples, "q2", samples.get("x"));
                    double[][] drawn2 = q2.draw(samples, 0);
                    double[][] drawn1 = Normal.of(samples, "q1", samples.get("x")).draw(samples, 1);
                    double[] ofQ = sum(Normal.of(q, "q2", q.get("x")).density(drawn2),
                            Normal.of(q, "q1", q.get("x")).density(drawn1));
                    return new Logs(bernoulli(linear(p, "logits", beside(drawn1, drawn2, p.get("x"))), p.get("x")),
                            minus(sum(standard(q2).density(drawn2), Normal.of(p, "p1", drawn2).density(drawn1)), ofQ));
                };
            }
        },
        /** q's parameters are held as they are, whatever they depend on. */
        CHAIN {
            @Override
            Evaluation build(Graph g, Value x) {
                Value z2 = g.latent("z2", DiagonalGaussian.of("q2", x, 2));
                Value z1 = g.latent("z1", DiagonalGaussian.of("q1", Concatenate.of("x, z2", x, z2), 3),
                        DiagonalGaussian.of("p1", z2, 3));
                g.observe("o", new Bernoulli(Dense.of("logits", z1, X, Activation.IDENTITY)), x);
                return (samples, p, q) -> {
                    Normal q2 = Normal.of(samples, "q2", samples.get("x"));
                    double[][] drawn2 = q2.draw(samples, 0);
                    double[][] drawn1 = q1(samples, drawn2).draw(samples, 1);
                    Normal held2 = Normal.of(q, "q2", q.get("x"));
                    double[] ofQ = sum(held2.density(drawn2), q1(q, held2.draw(q, 0)).density(drawn1));
                    return new Logs(bernoulli(linear(p, "logits", drawn1), p.get("x")),
                            minus(sum(standard(q2).density(drawn2), Normal.of(p, "p1", drawn2).density(drawn1)), ofQ));
                };
            }

            private Normal q1(World w, double[][] drawn2) {
                return Normal.of(w, "q1", beside(w.get("x"), drawn2));
            }
        };

        abstract Evaluation build(Graph g, Value x);
    }

    /** -1/B sum log 1/K sum exp. */
    private static double bound(World w, double[] logs) {
        double loss = 0;
        for (int r = 0; r < logs.length; r += w.samples()) {
            double mean = 0;
            for (int k = 0; k < w.samples(); k++) {
                mean += Math.exp(logs[r + k]) / w.samples();
            }
            loss -= Math.log(mean) * w.samples() / logs.length;
        }
        return loss;
    }

    /** w_k / sum w of the row of each sample. */
    private static double[] normalised(World w, double[] logs) {
        return each(logs.length, i -> {
            double sum = 0;
            int row = i / w.samples() * w.samples();
            for (int k = row; k < row + w.samples(); k++) {
                sum += Math.exp(logs[k] - logs[i]);
            }
            return 1 / sum;
        });
    }

    private static double mean(double[] logs) {
        return -IntStream.range(0, logs.length).mapToDouble(i -> logs[i]).average().orElseThrow();
    }

    private static void check(String name, Model model, Objective objective,
            Function<Evaluation, Function<World, ToDoubleFunction<World>>> loss) {
        GradientCheck check = new GradientCheck(name + " of " + model).rows(5);
        Evaluation evaluation = model.build(check.graph(), check.graph().input("x", X));
        check.run(objective, loss.apply(evaluation));
    }

    @ParameterizedTest
    @EnumSource
    void importanceWeighted(Model model) {
        check("importance-weighted bound", model, new ImportanceWeighted(),
                e -> before -> now -> bound(now, e.at(now, now, now).weights(1)));
    }

    @ParameterizedTest
    @EnumSource
    void sampledElbo(Model model) {
        check("sampled ELBO", model, new SampledElbo(BETA),
                e -> before -> now -> mean(e.at(now, now, now).weights(BETA)));
    }

    @ParameterizedTest
    @EnumSource
    void stickingTheLanding(Model model) {
        check("sticking the landing, sampled ELBO", model, new StickingTheLanding(new SampledElbo(BETA)),
                e -> before -> now -> mean(e.at(now, now, before).weights(BETA)));
        check("sticking the landing, importance-weighted", model, new StickingTheLanding(new ImportanceWeighted()),
                e -> before -> now -> bound(now, e.at(now, now, before).weights(1)));
    }

    /** The surrogate of the two gradients: weights held, once with only the samples moving, once with only p. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CHAIN")
    void doublyReparameterised(Model model) {
        check("doubly reparameterised", model, new DoublyReparameterised(), e -> before -> {
            double[] v = normalised(before, e.at(before, before, before).weights(1));
            return now -> {
                double[] throughSamples = e.at(now, before, before).weights(1);
                double[] ofP = e.at(before, now, before).weights(1);
                double sum = 0;
                for (int i = 0; i < v.length; i++) {
                    sum -= v[i] * v[i] * throughSamples[i] + v[i] * ofP[i];
                }
                return sum * now.samples() / v.length;
            };
        });
    }

    /** The KL in closed form beside the log ratio: both gradients. */
    @Test
    void bothTermsOfALatentVariable() {
        record Both(Objective first) implements Objective {
            @Override
            public boolean takes(Term term) {
                return term.role() == Term.Role.KL || first.takes(term);
            }

            @Override
            public Optional<Matrix> weight(Term term, Plan plan) {
                return term.role() == Term.Role.KL ? new Elbo(BETA).weight(term, plan) : first.weight(term, plan);
            }
        }
        for (Model model : new Model[] {Model.ONE_LATENT, Model.LEARNED_PRIOR}) {
            check("log ratio and KL", model, new Both(new SampledElbo()), e -> before -> now -> {
                boolean learned = model == Model.LEARNED_PRIOR;
                Normal q = learned ? Normal.of(now, "q", now.get("x")) : Normal.of(now, "q", Reference.dense(now.get(
                        "x"), now.weight("h"), now.bias("h"), Activation.TANH));
                Normal p = learned ? new Normal(now.shared("m"), now.shared("lv")) : standard(q);
                return mean(e.at(now, now, now).weights(1)) + BETA * Reference.perRow(Reference.kl(q.mean,
                        q.logVariance, p.mean, p.logVariance));
            });
        }
    }

    private static String refused(Model model, Objective objective) {
        GradientCheck check = new GradientCheck("refused");
        model.build(check.graph(), check.graph().input("x", X));
        return assertThrows(IllegalArgumentException.class, () -> check.run(objective, w -> v -> 0)).getMessage();
    }

    @Test
    void whatHasNoSuchGradientIsRefused() {
        String chain = refused(Model.CHAIN, new DoublyReparameterised());
        assertTrue(chain.startsWith("the posterior of 'z1' depends on 'z2'"), chain);
        String closed = refused(Model.ONE_LATENT, new StickingTheLanding(new Elbo()));
        assertTrue(closed.startsWith("sticking the landing needs an objective that takes the log ratio"), closed);
    }
}
