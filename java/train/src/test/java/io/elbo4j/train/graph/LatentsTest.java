package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.distribution.Enumerated;
import io.elbo4j.train.distribution.FullGaussian;
import io.elbo4j.train.distribution.Mixture;
import io.elbo4j.train.distribution.RelaxedBernoulli;
import io.elbo4j.train.distribution.RelaxedCategorical;
import io.elbo4j.train.distribution.SampledKl;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRowPer;
import io.elbo4j.train.layer.LogSoftmax;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Softmax;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.Enumeration;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.objective.ScoreFunction;
import io.elbo4j.train.objective.StickingTheLanding;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Latent variables that are discrete, relaxed, enumerated, and their objectives. */
class LatentsTest {
    private static final int X = 4;
    private static final int C = 3;
    private static final long SEED = 11;
    private static final int RUNS = 20_000;

    private final Graph g = new Graph();
    private final Value x = g.input("x", X);
    private final Value q = Dense.of("q", x, C, Activation.IDENTITY);
    private final Value prior = LearnedRow.of(g, "both priors", C + 1, 0.3f);

    private Categorical p() {
        return new Categorical(Add.of(io.elbo4j.train.layer.Slice.of("p", prior, 1, C + 1), Dense.of("p of x", x,
                C, Activation.TANH)));
    }

    private void observe(Value z) {
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
    }

    private void iw(String name, int samples) {
        FiniteDifferences.check(name + ", importance-weighted", g, s -> s.rows(5).samples(samples).minimise(
                new ImportanceWeighted(), new Adam(0)), FiniteDifferences::bound);
    }

    @Test
    void softmaxAndTerms() {
        Value h = Concatenate.of("both", Softmax.of(q), LogSoftmax.of(Dense.of("h", x, C, Activation.TANH)));
        ValueTerm.of("penalty", Term.Role.LOG_LIKELIHOOD, RowSum.of(Activate.of(h, Activation.TANH)));
        observe(g.latent("z", DiagonalGaussian.of("qz", h, 2)));
        FiniteDifferences.check("softmax, log softmax, a term of a value", g, 7);
        assertEquals("term 'wide': 'q' must have 1 column, not 3", assertThrows(IllegalArgumentException.class,
                () -> ValueTerm.of("wide", Term.Role.KL, q)).getMessage());
    }

    @Test
    void relaxedCategorical() {
        observe(RelaxedCategorical.point(g.latent("z", new RelaxedCategorical(q, 0.7f), new RelaxedCategorical(p()
                .logits(), 0.5f))));
        FiniteDifferences.check("relaxed categorical", g, 7);
        iw("relaxed categorical", 7);
    }

    @Test
    void relaxedCategoricalUnderACategorical() {
        observe(RelaxedCategorical.point(g.latent("z", new RelaxedCategorical(q, 2), p())));
        FiniteDifferences.check("relaxed categorical, categorical KL", g, 7);
        iw("relaxed categorical, categorical KL", 7);
        refused(new StickingTheLanding(new ImportanceWeighted()), 2, "'log p / q of z' is composed of values: the"
                + " parameters of q cannot be stopped in it, as sticking the landing and the doubly reparameterised"
                + " gradient do");
    }

    /** What the scores of a row have in common, here 1000, costs the density no digits. */
    @Test
    void relaxedCategoricalDensityFarFromZero() {
        float[] a = {1000, 1000.5f, 999.25f};
        float[] z = {-1.5f, -0.5f, -1.25f};
        double scores = 0;
        double sum = 0;
        for (int c = 0; c < 3; c++) {
            double s = a[c] - 0.5 * z[c] - 1000;
            scores += s;
            sum += Math.exp(s);
        }
        double expected = Math.log(2) + 2 * Math.log(0.5) + scores - 3 * Math.log(sum);
        Graph of = new Graph();
        Value y = of.input("y", 3);
        Observation o = of.observe("o", new RelaxedCategorical(LearnedRow.of(of, "logits", 3, 0), 0.5f), y);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, of.parameters(), 1);
                Step step = Step.of(of, parameters, backend).minimise(new Elbo(), new Adam(0)).compile()) {
            parameters.all().get(0).value().set(a);
            step.value(y).set(z);
            step.run(0);
            assertEquals(expected, step.term(o.logLikelihood()).orElseThrow().toArray()[0], 2e-6);
        }
    }

    @Test
    void temperaturesHaveAnInverse() {
        String words = "temperature must be a number above 0 that is finite, as its inverse is, in float32, not ";
        for (float temperature : new float[] {0, 1e-40f, -1, Float.POSITIVE_INFINITY, Float.NaN}) {
            assertEquals(words + temperature, assertThrows(IllegalArgumentException.class,
                    () -> new RelaxedCategorical(q, temperature)).getMessage());
            assertEquals(words + temperature, assertThrows(IllegalArgumentException.class,
                    () -> new RelaxedBernoulli(q, temperature)).getMessage());
        }
        new RelaxedBernoulli(q, 0x1p-127f);
    }

    private static Mixture mixture(Graph of, int columns) {
        return new Mixture(LearnedRow.of(of, "weights", 2, 0.3f), new DiagonalGaussian(LearnedRowPer.of(of,
                Axis.COMPONENT, "means", 2, columns, 1.5f), LearnedRow.of(of, "logVariance", columns, 0)));
    }

    /** Also in a step of several objectives, of which none is known in the forward pass. */
    @Test
    void freeBitsNeedAKlOfEachDimension() {
        freeBitsRefused((of, y) -> new RelaxedCategorical(y, 2), of -> new Categorical(LearnedRow.of(of, "p", C, 0)));
        freeBitsRefused((of, y) -> new RelaxedCategorical(y, 2), of -> null);
        freeBitsRefused((of, y) -> DiagonalGaussian.of("q", y, C), of -> mixture(of, C));
        freeBitsRefused((of, y) -> new FullGaussian(y, Dense.of("logDiagonal", y, C, Activation.TANH), Dense.of(
                "lower", y, C * (C - 1) / 2, Activation.TANH)), of -> null);
    }

    private static void freeBitsRefused(BiFunction<Graph, Value, Posterior> posterior,
            Function<Graph, Distribution> prior) {
        Graph of = new Graph();
        Value y = of.input("y", X);
        Value z = of.latent("z", posterior.apply(of, Dense.of("h", y, C, Activation.TANH)), prior.apply(of));
        of.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), y);
        Set<Parameter> decoder = of.parameters().stream().filter(p -> p.name().startsWith("logits.")).collect(
                Collectors.toSet());
        Set<Parameter> rest = of.parameters().stream().filter(p -> !decoder.contains(p)).collect(Collectors.toSet());
        Objective free = new Elbo().withFreeBits(1);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, of.parameters(),
                1)) {
            StepBuilder one = Step.of(of, parameters, backend).minimise(free, new Adam(1));
            StepBuilder two = Step.of(of, parameters, backend).minimise(Training.of(new Elbo(0.5), new Adam(1))
                    .withParameters(decoder)).minimise(Training.of(free, new Adam(1)).withParameters(rest));
            for (StepBuilder step : List.of(one, two)) {
                String message = assertThrows(IllegalArgumentException.class, step::compile).getMessage();
                assertTrue(message.matches("the KL per dimension of 'z' needs a Gaussian posterior and prior, .*|"
                        + "free bits need a KL of each dimension, which 'KL of z' has not"), message);
            }
        }
    }

    @Test
    void relaxedBernoulli() {
        observe(RelaxedBernoulli.point(g.latent("z", new RelaxedBernoulli(q, 0.7f), new RelaxedBernoulli(p().logits(),
                0.5f))));
        FiniteDifferences.check("relaxed Bernoulli", g, 7);
        iw("relaxed Bernoulli", 7);
    }

    @Test
    void relaxedBernoulliUnderABernoulli() {
        observe(RelaxedBernoulli.point(g.latent("z", new RelaxedBernoulli(q, 0.7f), new Bernoulli(p().logits()))));
        FiniteDifferences.check("relaxed Bernoulli, Bernoulli KL", g, 7);
    }

    /** Of one-hot data, with a row of x for several rows of parameters too. */
    @Test
    void categoricalLikelihood() {
        Value z = g.latent("z", DiagonalGaussian.of("qz", x, 2));
        Value y = Softmax.of(Dense.of("soft labels", StopLabels.of(x), C, Activation.IDENTITY));
        g.observe("o", new Categorical(Dense.of("logits", z, C, Activation.IDENTITY)), OneHot.of(y));
        FiniteDifferences.check("categorical likelihood", g, 7);
    }

    /** log p(x) = sum_c x_c log softmax_c, whatever the row sums to: soft labels, counts, nothing at all. */
    @Test
    void categoricalDensityOfAnyRow() {
        float[][] rows = {{1, 0, 0}, {0, 0, 0}, {0.25f, 0.5f, 0.125f}, {1, 1, 0}, {3, 0, 2}};
        double[] a = {0.4f, -0.3f, 1.1f};
        double all = Math.exp(a[0]) + Math.exp(a[1]) + Math.exp(a[2]);
        Graph of = new Graph();
        Value y = of.input("y", 3);
        Observation o = of.observe("o", new Categorical(LearnedRow.of(of, "logits", 3, 0)), y);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, of.parameters(), 1);
                Step step = Step.of(of, parameters, backend).minimise(new Elbo(), new Adam(0)).compile()) {
            parameters.all().get(0).value().set(0.4f, -0.3f, 1.1f);
            for (float[] row : rows) {
                step.value(y).set(row);
                step.run(0);
                double sum = row[0] + row[1] + row[2];
                double expected = 0;
                for (int c = 0; c < 3; c++) {
                    expected += row[c] * (a[c] - Math.log(all));
                    assertEquals(sum * Math.exp(a[c]) / all - row[c], parameters.all().get(0).gradient().toArray()[c],
                            1e-6, "gradient of " + java.util.Arrays.toString(row));
                }
                assertEquals(expected, step.term(o.logLikelihood()).orElseThrow().toArray()[0], 2e-6);
            }
        }
    }

    /** A class that is left out has no share of the KL, nor a gradient. */
    @Test
    void aClassLeftOut() {
        Graph of = new Graph();
        Value logits = LearnedRow.of(of, "logits", 3, 0);
        Value kl = new Categorical(logits).kl(new Categorical(ConstantRow.of(of, "p", 3, 0)));
        ValueTerm.of("kl", Term.Role.KL, kl);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, of.parameters(), 1);
                Step step = Step.of(of, parameters, backend).minimise(new Elbo(), new Adam(0)).compile()) {
            parameters.all().get(0).value().set(0.4f, -1e4f, 0.4f);
            step.run(0);
            assertEquals(Math.log(1.5), step.total(Term.Role.KL), 1e-6);
            assertEquals(0, parameters.all().get(0).gradient().toArray()[1]);
        }
    }

    private String refusedLatent(Posterior of, Distribution under) {
        List<String> before = g.nodes().stream().map(Node::name).toList();
        List<Parameter> parameters = g.parameters();
        String message = assertThrows(IllegalArgumentException.class, () -> g.latent("z", of, under)).getMessage();
        assertEquals(before, g.nodes().stream().map(Node::name).toList(), "nodes that stay");
        assertEquals(parameters, g.parameters());
        return message;
    }

    /** Mass has no ratio to density, and what is refused leaves nothing behind. */
    @Test
    void posteriorsAndPriorsDrawTheSame() {
        Distribution normal = new io.elbo4j.train.distribution.StandardNormal(C);
        Value row = ConstantRow.of(g, "row", C, 0);
        String classes = "latent 'z': a Categorical draws rows of zeros with a single 1, its prior, a ";
        assertEquals(classes + "StandardNormal, real numbers", refusedLatent(new Categorical(q), normal));
        assertEquals("latent 'z': a Bernoulli draws zeros and ones, its prior, a StandardNormal, real numbers",
                refusedLatent(new Bernoulli(q), normal));
        assertEquals("latent 'z': a Bernoulli draws zeros and ones, its prior, a Categorical, rows of zeros with a"
                + " single 1", refusedLatent(new Bernoulli(q), new Categorical(row)));
        String simplex = "logarithms of numbers that sum to 1";
        assertEquals("latent 'z': a RelaxedCategorical draws " + simplex
                + ", its prior, a StandardNormal, real numbers",
                refusedLatent(new RelaxedCategorical(q, 1), normal));
        DiagonalGaussian gaussian = DiagonalGaussian.of("gaussian", x, C);
        assertEquals("latent 'z': a DiagonalGaussian draws real numbers, its prior, a RelaxedCategorical, " + simplex,
                refusedLatent(gaussian, new RelaxedCategorical(row, 1)));
        assertEquals(classes + "Mixture, real numbers", refusedLatent(new Categorical(q), mixture(g, C)));
        assertEquals("latent 'z' has 3 dimensions, its prior 2", refusedLatent(new Categorical(q),
                new Categorical(ConstantRow.of(g, "two", 2, 0))));
        Value z = Draw.of("draw", gaussian);
        assertEquals("the KL 'kl': a DiagonalGaussian draws real numbers, its prior, a RelaxedCategorical, " + simplex,
                assertThrows(IllegalArgumentException.class, () -> SampledKl.of("kl", z, gaussian,
                        new RelaxedCategorical(row, 1))).getMessage());
        // one 1 among zeros and ones has a mass
        g.latent("z", new Categorical(q), new Bernoulli(row));
        g.latent("y", new RelaxedBernoulli(q, 1), normal);
    }

    /** Components are summed out by a mixture, not by what they are observed or drawn with. */
    @Test
    void aForgottenMixture() {
        DiagonalGaussian components = new DiagonalGaussian(LearnedRowPer.of(g, Axis.COMPONENT, "m", 2, C, 1),
                ConstantRow.of(g, "v", C, 0));
        String words = ": a DiagonalGaussian has rows of COMPONENT: the components are those of a Mixture, which sums"
                + " them out";
        assertEquals("latent 'z'" + words, refusedLatent(components, null));
        assertEquals("latent 'z'" + words, refusedLatent(DiagonalGaussian.of("gaussian", x, C), components));
        assertEquals("observe 'o'" + words, assertThrows(IllegalArgumentException.class, () -> g.observe("o",
                components, g.input("y", C))).getMessage());
    }

    @Test
    void fullGaussian() {
        Value both = Dense.of("both", x, 2 * C + C * (C - 1) / 2, Activation.TANH);
        observe(g.latent("z", new FullGaussian(io.elbo4j.train.layer.Slice.of("mean", both, 0, C),
                io.elbo4j.train.layer.Slice.of("logDiagonal", both, C, 2 * C), io.elbo4j.train.layer.Slice.of("lower",
                        both, 2 * C, both.columns()))));
        FiniteDifferences.check("full Gaussian", g, 7);
        iw("full Gaussian", 7);
    }

    /** The prior sums its components out, and has a gradient with respect to z from each. */
    @Test
    void fullGaussianUnderAMixture() {
        Mixture p = new Mixture(LearnedRow.of(g, "weights", 2, 0.3f), new DiagonalGaussian(LearnedRowPer.of(g,
                Axis.COMPONENT, "means", 2, C, 1.5f), LearnedRowPer.of(g, Axis.COMPONENT, "logVariances", 2, C,
                        0.4f)));
        observe(g.latent("z", new FullGaussian(Dense.of("mean", x, C, Activation.IDENTITY), Dense.of("logDiagonal", x,
                C, Activation.TANH), Dense.of("lower", x, C * (C - 1) / 2, Activation.TANH)), p));
        FiniteDifferences.check("full Gaussian under a mixture", g, 7);
        iw("full Gaussian under a mixture", 5);
    }

    /** x without its parameters. */
    private static final class StopLabels {
        static Value of(Value x) {
            return io.elbo4j.train.layer.StopGradient.of(x);
        }
    }

    private void scored(String name, ScoreFunction objective) {
        for (int samples : new int[] {1, 7}) {
            if (objective.leaveOneOut() && samples == 1) {
                continue;
            }
            FiniteDifferences.check(name + ", " + objective + ", K = " + samples, g, s -> s.rows(5).samples(samples)
                    .minimise(objective, new Adam(0)), (in, step) -> surrogate(in, step, objective));
        }
    }

    private static boolean hasSamples(Term term) {
        return term.role() != Term.Role.LOG_Q && term.rows().has(Axis.SAMPLE);
    }

    private static double klWeight(Term term, ScoreFunction objective) {
        double beta = objective.klWeight().at(0);
        return term.role() == Term.Role.LOG_LIKELIHOOD ? 1 : term.role() == Term.Role.KL ? -beta : beta;
    }

    /** The loss and sum_k -(f_k - b_k) log q(z_k) / (B K), whose gradient is the estimator's with f_k held. */
    private static double surrogate(Interpreter in, Step step, ScoreFunction objective) {
        int samples = (int) step.plan().samples();
        int n = (int) step.batch() * samples;
        double[] f = new double[n];
        double loss = 0;
        Matrix logQ = step.plan().terms().entrySet().stream().filter(e -> e.getKey().role() == Term.Role.LOG_Q)
                .findFirst().orElseThrow().getValue();
        for (Term term : step.plan().terms().keySet()) {
            Matrix of = step.plan().terms().get(term);
            float[] held = of.toArray();
            for (int i = 0; i < held.length && term.role() != Term.Role.LOG_Q; i++) {
                f[i] += hasSamples(term) ? klWeight(term, objective) * held[i] : 0;
                // q is stopped in the log ratio, which the interpreter does not see
                double stopped = term.role() == Term.Role.LOG_RATIO ? in.get(logQ, i, 0) : 0;
                loss -= klWeight(term, objective) * (in.get(of, i, 0) + stopped) / held.length;
            }
        }
        for (int i = 0; i < n; i++) {
            double others = 0;
            for (int k = 0; k < samples; k++) {
                others += f[i / samples * samples + k];
            }
            double b = objective.leaveOneOut() ? (others - f[i]) / (samples - 1) : 0;
            loss -= (f[i] - b) * in.get(logQ, i, 0) / n;
        }
        return loss;
    }

    @Test
    void scoreOfACategorical() {
        observe(g.latent("z", new Categorical(q), p()));
        scored("categorical", new ScoreFunction());
        scored("categorical", new ScoreFunction().withLogRatio());
        scored("categorical", new ScoreFunction().withLeaveOneOut().withKlWeight(Schedule.constant(0.4)));
        refused(new Elbo(), 1, "the draws of 'z' pass no gradient on to the probabilities that they have: train with"
                + " ScoreFunction, or draw from a relaxed distribution");
        refused(new ScoreFunction().withLeaveOneOut(), 1, "a baseline of the other samples needs at least 2 samples,"
                + " not 1");
        refused(new Enumeration(), 1, "the draws of 'z' pass no gradient on to the probabilities that they have: train"
                + " with ScoreFunction, or draw from a relaxed distribution");
        refused(new WeightedSum().with("o", Term.Role.LOG_LIKELIHOOD, -1), 1, "the draws of 'z' pass no gradient on to"
                + " the probabilities that they have: train with ScoreFunction, or draw from a relaxed distribution");
        // the decoder alone may be trained so
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1)) {
            Step.of(g, parameters, backend).minimise(Training.of(new WeightedSum().with("o", Term.Role.LOG_LIKELIHOOD,
                    -1), new Adam(1)).withParameters(g.parameters().stream().filter(p -> p.name().startsWith("logits."))
                            .collect(Collectors.toSet()))).compile().close();
        }
    }

    @Test
    void enumerationNeedsAnEnumeration() {
        observe(g.latent("z", DiagonalGaussian.of("gaussian", x, C)));
        refused(new Enumeration(), 1, "Enumeration needs a latent variable that is Enumerated");
    }

    @Test
    void whatScoresAndClassesDoNotTake() {
        Value sequence = g.input("sequence", 2, Rows.of(Axis.BATCH, Axis.TIME));
        g.observe("steps", new Bernoulli(Dense.of("of steps", sequence, 2, Activation.TANH)), sequence);
        observe(g.latent("z", new Enumerated(new Categorical(q)), p()));
        refused(new Enumeration(), C, "the score function and enumeration take terms with rows of BATCH and SAMPLE, but"
                + " the log-likelihood of 'steps' has rows of BATCH x TIME");
        Value baseline = LearnedRow.of(g, "a baseline", 1, 0);
        assertThrows(IllegalArgumentException.class, () -> new ScoreFunction().withBaseline(baseline)
                .withLeaveOneOut());
        assertThrows(IllegalArgumentException.class, () -> new ScoreFunction().withLeaveOneOut().withBaseline(
                baseline));
    }

    @Test
    void anObjectiveWithoutTermsOrParametersIsRefused() {
        refused(new ImportanceWeighted(), 1, "an importance-weighted bound needs an observation or a latent variable,"
                + " which this graph has not");
        refused(new Elbo(), 1, "training 'training': its objective depends on no parameter");
    }

    @Test
    void scoreOfABernoulli() {
        observe(g.latent("z", new Bernoulli(q), new Bernoulli(p().logits())));
        scored("Bernoulli", new ScoreFunction());
        scored("Bernoulli", new ScoreFunction().withLogRatio());
    }

    private void refused(Objective objective, int samples, String message) {
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1)) {
            StepBuilder step = Step.of(g, parameters, backend).samples(samples).minimise(objective, new Adam(1));
            assertEquals(message, assertThrows(IllegalArgumentException.class, step::compile).getMessage());
        }
    }

    /** -sum_k q_k (log p(x | k) + 0.7 ...), from the terms. */
    private static double enumerated(Interpreter in, Step step, double klWeight) {
        double loss = 0;
        for (Term term : step.plan().terms().keySet()) {
            Matrix of = step.plan().terms().get(term);
            if (term.role() == Term.Role.KL) {
                for (long r = 0; r < of.rows(); r++) {
                    loss += klWeight * in.get(of, r, 0) / of.rows();
                }
            }
            if (term.role() == Term.Role.LOG_LIKELIHOOD) {
                Matrix weight = step.plan().terms().entrySet().stream().filter(e -> e.getKey().role()
                        == Term.Role.LOG_WEIGHT).findFirst().orElseThrow().getValue();
                for (long r = 0; r < of.rows(); r++) {
                    loss -= Math.exp(in.get(weight, r, 0)) * in.get(of, r, 0) / step.batch();
                }
            }
        }
        return loss;
    }

    @Test
    void enumerated() {
        observe(g.latent("z", new Enumerated(new Categorical(q)), p()));
        FiniteDifferences.check("enumerated", g, s -> s.rows(5).samples(C).minimise(new Enumeration(Schedule.constant(
                0.7)), new Adam(0)), (in, step) -> enumerated(in, step, 0.7));
        iw("enumerated", C);
        refused(new Enumeration(), 2, "'z' enumerates 3 classes: a step with it must have as many samples, not 2");
        for (Objective equal : List.of(new Elbo(), new SampledElbo(), new StickingTheLanding(new SampledElbo()),
                new WeightedSum().with("o", Term.Role.LOG_LIKELIHOOD, -1))) {
            refused(equal, C, "'z' is enumerated, its classes do not count equally: take Enumeration or"
                    + " ImportanceWeighted");
        }
    }

    /** The bound of an enumerated mixture is log sum_k pi_k N(x; m_k, 1), computed here in double precision. */
    @Test
    void theBoundOfAnEnumeratedMixtureIsExact() {
        Value logits = LearnedRow.of(g, "pi", 2, 0);
        Value z = g.latent("z", new Enumerated(new Categorical(logits)), new Categorical(logits));
        g.observe("o", new DiagonalGaussian(Dense.of("m", z, X, Activation.IDENTITY), ConstantRow.of(g, "v", X, 0)), x);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).samples(2).evaluate(new ImportanceWeighted()).compile()) {
            double[][] w = null;
            double[][] b = null;
            for (Parameters.State s : parameters.all()) {
                if (s.parameter().name().equals("pi")) {
                    s.value().set(0.4f, -0.9f);
                }
                w = s.parameter().name().equals("m.weight") ? Doubles.of(s.value()) : w;
                b = s.parameter().name().equals("m.bias") ? Doubles.of(s.value()) : b;
            }
            float[] data = {0.1f, -0.4f, 1.3f, 0.6f};
            step.value(x).set(data);
            step.run(0);
            double total = 0;
            double pi = Math.exp(0.4) / (Math.exp(0.4) + Math.exp(-0.9));
            for (int k = 0; k < 2; k++) {
                double log = Math.log(k == 0 ? pi : 1 - pi);
                for (int c = 0; c < X; c++) {
                    double d = data[c] - w[k][c] - b[0][c];
                    log -= (Math.log(2 * Math.PI) + d * d) / 2;
                }
                total += Math.exp(log);
            }
            assertEquals(Math.log(total), step.bound().toArray()[0], 2e-6);
        }
    }

    private static final class Model {
        private final Graph g = new Graph();
        private final Value x = g.input("x", X);
        private final Value baseline = Dense.of("baseline", x, 1, Activation.IDENTITY);

        Model(Function<Categorical, Posterior> posterior) {
            Value z = g.latent("z", posterior.apply(new Categorical(Dense.of("q", x, C, Activation.IDENTITY))),
                    new Categorical(LearnedRow.of(g, "p", C, 0.2f)));
            g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        }

        /** Mean and variance of the gradient of q.weight over runs. */
        double[][] gradient(Objective objective, int samples, int runs) {
            try (Backend backend = new JavaBackend(1);
                    Parameters parameters = new Parameters(backend, g.parameters(), SEED);
                    Step step = Step.of(g, parameters, backend).rows(2).samples(samples).seed(SEED).minimise(objective,
                            new Adam(0)).compile()) {
                step.value(x).set(0.9f, 0.1f, 0.7f, 0, 0.2f, 1, 0.3f, 0.8f);
                Matrix weight = parameters.all().stream().filter(s -> s.parameter().name().equals("q.weight"))
                        .findFirst().orElseThrow().gradient();
                double[][] sums = new double[2][X * C];
                for (int i = 0; i < runs; i++) {
                    step.run(i);
                    float[] now = weight.toArray();
                    for (int j = 0; j < now.length; j++) {
                        sums[0][j] += now[j] / (double) runs;
                        sums[1][j] += (double) now[j] * now[j] / runs;
                    }
                }
                for (int j = 0; j < X * C; j++) {
                    sums[1][j] = Math.max(0, sums[1][j] - sums[0][j] * sums[0][j]);
                }
                return sums;
            }
        }
    }

    /** The mean gradient is that of the enumerated ELBO; baselines lower its variance. */
    @Test
    void theScoreFunctionIsUnbiased() {
        double[] exact = new Model(Enumerated::new).gradient(new Enumeration(), C, 1)[0];
        double[] variances = new double[4];
        for (int i = 0; i < 4; i++) {
            Model model = new Model(c -> c);
            ScoreFunction objective = List.of(new ScoreFunction(), new ScoreFunction().withLogRatio(),
                    new ScoreFunction().withLeaveOneOut(), new ScoreFunction().withBaseline(ConstantRow.of(model.g,
                            "constant", 1, -2.8f))).get(i);
            double[][] found = model.gradient(objective, 4, RUNS);
            double worst = 0;
            for (int j = 0; j < exact.length; j++) {
                worst = Math.max(worst, Math.abs(found[0][j] - exact[j]) / (Math.sqrt(found[1][j] / RUNS) + 1e-6));
                variances[i] += found[1][j];
            }
            System.out.printf("score function %d, K = 4, seed %d, %d runs: worst mean gradient is %.1f standard errors"
                    + " from the exact one, variance %.3g of that without a baseline%n", i, SEED, RUNS, worst,
                    variances[i] / variances[0]);
            assertTrue(worst < 5, i + ": " + worst);
        }
        assertTrue(variances[2] < variances[0] / 2 && variances[3] < variances[0] / 2);
    }

    /** Half the squared error of f, a mean over samples and rows: its gradient at a baseline of one column. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theBaselineLearnsToBeTheSumOfTheTerms(boolean oneOfSeveral) {
        Model model = new Model(c -> c);
        Value baseline = oneOfSeveral ? Slice.of("one", Dense.of("several", model.x, 3, Activation.IDENTITY), 2, 3)
                : model.baseline;
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, model.g.parameters(), SEED);
                Step step = Step.of(model.g, parameters, backend).rows(2).samples(7).seed(SEED).minimise(
                        new ScoreFunction().withBaseline(baseline), new Adam(0)).want(baseline).compile()) {
            step.value(model.x).set(0.9f, 0.1f, 0.7f, 0, 0.2f, 1, 0.3f, 0.8f);
            step.run(4);
            Term likelihood = model.g.all(Observation.class).get(0).logLikelihood();
            float[] f = step.term(likelihood).orElseThrow().toArray();
            float[] b = step.value(baseline).toArray();
            double expected = 0;
            for (int i = 0; i < f.length; i++) {
                expected -= (f[i] - b[i / 7]) / f.length;
            }
            String bias = oneOfSeveral ? "several.bias" : "baseline.bias";
            float found = parameters.all().stream().filter(s -> s.parameter().name().equals(bias))
                    .findFirst().orElseThrow().gradient().toArray()[oneOfSeveral ? 2 : 0];
            assertEquals(expected, found, 1e-6);
        }
    }

    /** Chi-square of the frequencies of draws from q and the prior: 2 degrees of freedom, 5 standard deviations. */
    @Test
    void drawsHaveTheirProbabilities() {
        Value z = g.latent("z", new Categorical(LearnedRow.of(g, "q'", C, 0)), new Categorical(LearnedRow.of(g, "p'",
                C, 0)));
        int n = 30_000;
        float[][] logits = {{0.5f, -1, 0.2f}, {-0.4f, 0.8f, 0}};
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1)) {
            parameters.all().stream().filter(s -> s.parameter().name().endsWith("'")).forEach(s -> s.value().set(
                    logits[s.parameter().name().startsWith("q") ? 0 : 1]));
            for (int i = 0; i < 2; i++) {
                StepBuilder builder = Step.of(g, parameters, backend).rows(n / 10).samples(10).seed(SEED).want(z);
                try (Step step = (i == 0 ? builder : builder.fromPriors()).compile()) {
                    step.run(0);
                    float[] drawn = step.value(z).toArray();
                    double sum = 0;
                    for (float a : logits[i]) {
                        sum += Math.exp(a);
                    }
                    double chi = 0;
                    for (int c = 0; c < C; c++) {
                        double count = 0;
                        for (int r = 0; r < n; r++) {
                            count += drawn[r * C + c];
                        }
                        double expected = n * Math.exp(logits[i][c]) / sum;
                        chi += (count - expected) * (count - expected) / expected;
                    }
                    System.out.printf("draws %d, seed %d: chi-square %.2f%n", i, SEED, chi);
                    assertTrue(chi < 2 + 5 * 2, "" + chi);
                }
            }
        }
    }
}
