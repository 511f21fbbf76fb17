package io.elbo4j.train.graph;

import static io.elbo4j.train.graph.Reference.bernoulli;
import static io.elbo4j.train.graph.Reference.beside;
import static io.elbo4j.train.graph.Reference.columns;
import static io.elbo4j.train.graph.Reference.gaussian;
import static io.elbo4j.train.graph.Reference.kl;
import static io.elbo4j.train.graph.Reference.perRow;
import static io.elbo4j.train.graph.Reference.sample;
import static io.elbo4j.train.graph.Reference.zeros;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.GradientCheck.Terms;
import io.elbo4j.train.graph.GradientCheck.World;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Slice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose operations have inputs of different rows: values, and the gradients of all parameters. */
class RowsGradientTest {
    private static final int X = 5;
    private static final int C = 3;
    private static final int Z1 = 3;
    private static final int Z2 = 2;

    private static double[][] dense(World w, String name, double[][] x, Activation activation) {
        return Reference.dense(x, w.weight(name), w.bias(name), activation);
    }

    private static double[][] linear(World w, String name, double[][] x) {
        return dense(w, name, x, Activation.IDENTITY);
    }

    /** The halves of a layer, or any other two parameters of a Gaussian. */
    private record Normal(double[][] mean, double[][] logVariance) {
        static Normal of(double[][] both) {
            int n = both[0].length / 2;
            return new Normal(columns(both, 0, n), columns(both, n, 2 * n));
        }

        static Normal standard(Normal like) {
            return new Normal(zeros(like.mean), zeros(like.mean));
        }

        double[][] draw(World w, int noise) {
            return sample(mean, logVariance, w.noise(noise, mean[0].length));
        }

        double klTo(Normal prior) {
            return perRow(kl(mean, logVariance, prior.mean, prior.logVariance));
        }

        double klToStandard() {
            return klTo(standard(this));
        }
    }

    /** Kingma et al. 2014, M2 with the label given: the decoder, and the encoder, see the label. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 13})
    void conditionalDecoder(int rows) {
        GradientCheck check = new GradientCheck("decoder of z and a label").rows(rows).klWeight(0.7);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value label = g.input("label", C);
        Value z = g.latent("z", DiagonalGaussian.of("q", Concatenate.of("x, label", x, label), Z1));
        Value d = Dense.of("d", Concatenate.of("z, label", z, label), 4, Activation.TANH);
        g.observe("o", new Bernoulli(Dense.of("logits", d, X, Activation.IDENTITY)), x);
        check.run(w -> {
            Normal q = Normal.of(linear(w, "q", beside(w.get("x"), w.get("label"))));
            double[][] both = beside(q.draw(w, 0), w.get("label"));
            return new Terms(bernoulli(linear(w, "logits", dense(w, "d", both, Activation.TANH)), w.get("x")),
                    q.klToStandard());
        });
    }

    /** Features of x, a ReLU's, go through the repeat to a layer and past it to another. */
    @ParameterizedTest
    @ValueSource(ints = {1, 9})
    void posteriorOfALatentVariableAndOfTheData(int rows) {
        GradientCheck check = new GradientCheck("q(z1 | z2, x)").rows(rows).klWeight(0.7);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value h = Dense.of("h", x, 4, Activation.RELU);
        Value z2 = g.latent("z2", DiagonalGaussian.of("q2", h, Z2));
        Value z1 = g.latent("z1", DiagonalGaussian.of("q1", Concatenate.of("h, z2", h, z2), Z1), DiagonalGaussian.of(
                "p1", z2, Z1));
        Value skip = Concatenate.of("z1, h", z1, h, Slice.of("part", h, 1, 3));
        g.observe("o", new Bernoulli(Dense.of("logits", skip, X, Activation.IDENTITY)), x);
        check.run(w -> {
            double[][] features = dense(w, "h", w.get("x"), Activation.RELU);
            Normal q2 = Normal.of(linear(w, "q2", features));
            double[][] drawn2 = q2.draw(w, 0);
            Normal q1 = Normal.of(linear(w, "q1", beside(features, drawn2)));
            Normal p1 = Normal.of(linear(w, "p1", drawn2));
            double[][] decoder = beside(q1.draw(w, 1), features, columns(features, 1, 3));
            return new Terms(bernoulli(linear(w, "logits", decoder), w.get("x")), q2.klToStandard() + q1.klTo(p1));
        });
    }

    /** The posterior has a row per row of the batch, the prior one per sample: the posterior is repeated. */
    @Test
    void posteriorOfTheDataUnderAConditionalPrior() {
        GradientCheck check = new GradientCheck("q(z1 | x), p(z1 | z2)").rows(9).klWeight(0.7);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value z2 = g.latent("z2", DiagonalGaussian.of("q2", x, Z2));
        Value z1 = g.latent("z1", DiagonalGaussian.of("q1", x, Z1), DiagonalGaussian.of("p1", z2, Z1));
        g.observe("o", new Bernoulli(Dense.of("logits", z1, X, Activation.IDENTITY)), x);
        check.run(w -> {
            Normal q2 = Normal.of(linear(w, "q2", w.get("x")));
            Normal q1 = Normal.of(linear(w, "q1", w.get("x")));
            Normal p1 = Normal.of(linear(w, "p1", q2.draw(w, 0)));
            return new Terms(bernoulli(linear(w, "logits", q1.draw(w, 1)), w.get("x")),
                    q2.klToStandard() + q1.klTo(p1));
        });
    }

    @Test
    void meanOfALatentVariableAndASharedVariance() {
        GradientCheck check = new GradientCheck("N(mean(z2), shared variance)").rows(9);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value z1 = g.latent("z1", DiagonalGaussian.of("q1", x, Z1));
        Value z2 = g.latent("z2", DiagonalGaussian.of("q2", z1, Z2));
        Value logVariance = LearnedRow.of(g, "lv", X, -0.6f);
        g.observe("o", new DiagonalGaussian(Dense.of("m", z2, X, Activation.TANH), logVariance), x);
        g.observe("part", new DiagonalGaussian(Dense.of("mp", z1, 2, Activation.IDENTITY),
                Slice.of("lv'", logVariance, 1, 3)), Slice.of("x'", x, 1, 3));
        check.run(w -> {
            Normal q1 = Normal.of(linear(w, "q1", w.get("x")));
            double[][] drawn1 = q1.draw(w, 0);
            Normal q2 = Normal.of(linear(w, "q2", drawn1));
            return new Terms(gaussian(dense(w, "m", q2.draw(w, 1), Activation.TANH), w.shared("lv"), w.get("x"))
                    + gaussian(linear(w, "mp", drawn1), columns(w.shared("lv"), 1, 3), columns(w.get("x"), 1, 3)),
                    q1.klToStandard() + q2.klToStandard());
        });
    }

    /** A variance per row of the batch under a mean per sample, and a mean that all rows share. */
    @Test
    void meanAndVarianceOfDifferentRows() {
        GradientCheck check = new GradientCheck("means and variances of different rows").rows(9);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z1));
        Value ofData = Dense.of("lvx", x, X, Activation.TANH);
        g.observe("a", new DiagonalGaussian(Dense.of("m", z, X, Activation.TANH), ofData), x);
        g.observe("b", new DiagonalGaussian(LearnedRow.of(g, "row", X, 0.4f), ofData), x);
        g.observe("c", new DiagonalGaussian(LearnedRow.of(g, "row'", X, 0.3f), LearnedRow.of(g, "lv", X, 0.2f)), x);
        g.observe("d", new Bernoulli(Dense.of("logits", LearnedRow.of(g, "code", 2, 0.7f), X, Activation.IDENTITY)), x);
        check.run(w -> {
            Normal q = Normal.of(linear(w, "q", w.get("x")));
            double[][] lv = dense(w, "lvx", w.get("x"), Activation.TANH);
            return new Terms(gaussian(dense(w, "m", q.draw(w, 0), Activation.TANH), lv, w.get("x"))
                    + gaussian(w.shared("row"), lv, w.get("x")) + gaussian(w.shared("row'"), w.shared("lv"), w.get("x"))
                    + bernoulli(linear(w, "logits", w.shared("code")), w.get("x")), q.klToStandard());
        });
    }

    /** The gradient goes to what is observed alone: its mean and variance are constants, the KL has no weight. */
    @Test
    void observedLatentVariable() {
        GradientCheck check = new GradientCheck("a latent variable near 5").rows(9).klWeight(0);
        Graph g = check.graph();
        Value z = g.latent("z", DiagonalGaussian.of("q", g.input("x", X), Z1));
        g.observe("o", new DiagonalGaussian(ConstantRow.of(g, "five", Z1, 5), ConstantRow.of(g, "zero", Z1, 0)), z);
        check.run(w -> {
            Normal q = Normal.of(linear(w, "q", w.get("x")));
            double[][] zeros = zeros(w.noise(0, Z1));
            return new Terms(gaussian(Reference.repeated(new double[] {5, 5, 5}, w.rows()), zeros, q.draw(w, 0)), q
                    .klToStandard());
        });
    }

    /** A latent variable under a mean per row of the batch, a ReLU's output, and a row that all share. */
    @ParameterizedTest
    @ValueSource(ints = {1, 9})
    void observedValuesThatDependOnParameters(int rows) {
        GradientCheck check = new GradientCheck("observed values with gradients").rows(rows).klWeight(0.7);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z1));
        Value h = Dense.of("h", z, Z1, Activation.RELU);
        Value row = LearnedRow.of(g, "row", Z1, 0.7f);
        DiagonalGaussian p = DiagonalGaussian.of("p", x, Z1);
        g.observe("z | x", new DiagonalGaussian(p.mean(), p.logVariance()), z);
        g.observe("h | row", new DiagonalGaussian(row, LearnedRow.of(g, "lv", Z1, -0.3f)), h);
        g.observe("row | z", new DiagonalGaussian(z, p.logVariance()), row);
        check.run(w -> {
            Normal q = Normal.of(linear(w, "q", w.get("x")));
            Normal of = Normal.of(linear(w, "p", w.get("x")));
            double[][] drawn = q.draw(w, 0);
            double[][] hidden = dense(w, "h", drawn, Activation.RELU);
            return new Terms(gaussian(of.mean, of.logVariance, drawn)
                    + gaussian(w.shared("row"), w.shared("lv"), hidden)
                    + gaussian(drawn, of.logVariance, w.shared("row")), q.klToStandard());
        });
    }

    @Test
    void sharedPriorsOfTwoLatentVariables() {
        GradientCheck check = new GradientCheck("learned priors that all rows share").rows(9).klWeight(0.7);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value z1 = g.latent("z1", DiagonalGaussian.of("q1", x, Z1),
                new DiagonalGaussian(LearnedRow.of(g, "m1", Z1, 0.3f), LearnedRow.of(g, "lv1", Z1, -0.4f)));
        Value lv2 = LearnedRow.of(g, "lv2", Z2 + 1, 0.2f);
        Value z2 = g.latent("z2", DiagonalGaussian.of("q2", z1, Z2),
                new DiagonalGaussian(LearnedRow.of(g, "m2", Z2, -0.3f), Slice.of("lv2'", lv2, 1, Z2 + 1)));
        g.observe("o", new Bernoulli(Dense.of("logits", z2, X, Activation.IDENTITY)), x);
        check.run(w -> {
            Normal q1 = Normal.of(linear(w, "q1", w.get("x")));
            Normal q2 = Normal.of(linear(w, "q2", q1.draw(w, 0)));
            Normal p1 = new Normal(w.shared("m1"), w.shared("lv1"));
            Normal p2 = new Normal(w.shared("m2"), columns(w.shared("lv2"), 1, Z2 + 1));
            return new Terms(bernoulli(linear(w, "logits", q2.draw(w, 1)), w.get("x")), q1.klTo(p1) + q2.klTo(p2));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9})
    void oneRowForPosteriorAndPrior(int rows) {
        GradientCheck check = new GradientCheck("one row for q and the prior").rows(rows).klWeight(0.7);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value row = LearnedRow.of(g, "row", Z1, 0.3f);
        DiagonalGaussian prior = new DiagonalGaussian(row, LearnedRow.of(g, "lv", Z1, -0.4f));
        Value z1 = g.latent("z1", new DiagonalGaussian(row, Dense.of("lvx", x, Z1, Activation.TANH)), prior);
        Value z2 = g.latent("z2", new DiagonalGaussian(Dense.of("m2", z1, Z1, Activation.TANH), row), prior);
        Value d = Concatenate.of("z1, z2, row", z1, z2, row);
        g.observe("o", new Bernoulli(Dense.of("logits", d, X, Activation.IDENTITY)), x);
        check.run(w -> {
            double[][] shared = w.shared("row");
            Normal p = new Normal(shared, w.shared("lv"));
            Normal q1 = new Normal(shared, dense(w, "lvx", w.get("x"), Activation.TANH));
            double[][] drawn1 = q1.draw(w, 0);
            Normal q2 = new Normal(dense(w, "m2", drawn1, Activation.TANH), shared);
            return new Terms(bernoulli(linear(w, "logits", beside(drawn1, q2.draw(w, 1), shared)), w.get("x")),
                    q1.klTo(p) + q2.klTo(p));
        });
    }
}
