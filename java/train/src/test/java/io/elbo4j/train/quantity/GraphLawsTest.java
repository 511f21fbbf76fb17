package io.elbo4j.train.quantity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.distribution.ClassNumbers;
import io.elbo4j.train.distribution.ContinuousBernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Enumerated;
import io.elbo4j.train.distribution.FullGaussian;
import io.elbo4j.train.distribution.Laplace;
import io.elbo4j.train.distribution.LogDensity;
import io.elbo4j.train.distribution.LogisticMixture;
import io.elbo4j.train.distribution.Mixture;
import io.elbo4j.train.distribution.NegativeBinomial;
import io.elbo4j.train.distribution.Poisson;
import io.elbo4j.train.distribution.RelaxedBernoulli;
import io.elbo4j.train.distribution.RelaxedCategorical;
import io.elbo4j.train.distribution.StandardNormal;
import io.elbo4j.train.distribution.StudentT;
import io.elbo4j.train.distribution.ZeroInflatedNegativeBinomial;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term.Role;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRowPer;
import io.elbo4j.train.objective.Elbo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A law has the log-density of the kernels that the distribution in the graph has. */
class GraphLawsTest {
    private static final int ROWS = 4;
    private static final int COLUMNS = 3;

    /** Two parameters are data, a third is one row that all share. */
    private static void check(BiFunction<Value[], Graph, Distribution> distribution) {
        Graph g = new Graph();
        Value x = g.input("x", COLUMNS);
        Value[] parameters = {g.input("a", COLUMNS), g.input("b", COLUMNS), LearnedRow.of(g, "c", COLUMNS, 0.3f)};
        Distribution d = distribution.apply(parameters, g);
        Value density = LogDensity.of("density", d, x);
        SplittableRandom random = new SplittableRandom(4);
        try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, p, backend).rows(ROWS).want(density).want(d.parameters().toArray(Value[]::new))
                        .compile()) {
            for (int i = 0; i < 2 && d.parameters().contains(parameters[i]); i++) {
                float[] values = new float[ROWS * COLUMNS];
                for (int j = 0; j < values.length; j++) {
                    values[j] = (float) (random.nextDouble() * 3 - 1.5);
                }
                step.value(parameters[i]).set(values);
            }
            step.run(0);
            Dice dice = new Dice(7);
            float[] all = new float[ROWS * COLUMNS];
            double[] expected = new double[ROWS];
            for (int r = 0; r < ROWS; r++) {
                Law law = GraphLaws.of(step, d, r);
                double[] drawn = law.draw(dice);
                for (int c = 0; c < COLUMNS; c++) {
                    all[r * COLUMNS + c] = (float) drawn[c];
                    drawn[c] = (float) drawn[c];
                }
                expected[r] = law.logDensity(drawn);
            }
            step.value(x).set(all);
            step.run(0);
            float[] found = step.value(density).toArray();
            for (int r = 0; r < ROWS; r++) {
                assertEquals(found[r], expected[r], 2e-5 * Math.max(1, Math.abs(expected[r])), d + ", row " + r);
                assertTrue(Double.isFinite(expected[r]) && expected[r] != 0, d.toString());
            }
        }
    }

    @Test
    void theyHaveTheDensityOfTheGraph() {
        check((p, g) -> new StandardNormal(COLUMNS));
        check((p, g) -> new DiagonalGaussian(p[0], p[1]));
        check((p, g) -> new DiagonalGaussian(p[0], p[2]));
        check((p, g) -> new Laplace(p[0], p[1]));
        check((p, g) -> new StudentT(p[0], p[1], 3.5));
        check((p, g) -> new Bernoulli(p[0]));
        check((p, g) -> new ContinuousBernoulli(p[0]));
        check((p, g) -> new Categorical(p[0]));
        check((p, g) -> new Poisson(p[0]));
        check((p, g) -> new NegativeBinomial(p[0], p[1]));
        check((p, g) -> new ZeroInflatedNegativeBinomial(p[0], p[1], p[0]));
        check((p, g) -> new RelaxedBernoulli(p[0], 0.6f));
        check((p, g) -> new RelaxedCategorical(p[0], 0.6f));
        check((p, g) -> new Mixture(LearnedRow.of(g, "weights", 2, 0.2f), new DiagonalGaussian(LearnedRowPer.of(g,
                Axis.COMPONENT, "means", 2, COLUMNS, 1), p[2])));
    }

    /** Class c of column d is column c columns + d. */
    @Test
    void classNumbersHaveTheDensityOfTheGraph() {
        Graph g = new Graph();
        Value logits = g.input("logits", 6);
        Value x = g.input("x", 2);
        ClassNumbers d = new ClassNumbers(logits, 3);
        Value density = LogDensity.of("density", d, x);
        try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, p, backend).rows(1).want(density, logits).compile()) {
            step.value(logits).set(0.1f, -0.4f, 1.2f, 0.3f, -0.9f, 0.6f);
            step.value(x).set(2, 1);
            step.run(0);
            Law law = GraphLaws.of(step, d, 0);
            assertEquals(step.value(density).toArray()[0], law.logDensity(new double[] {2, 1}), 1e-5);
            // all classes together, and a count that is none
            double sum = 0;
            for (int c = 0; c < 3; c++) {
                sum += Math.exp(law.factors().get(0).logDensity(new double[] {c}));
            }
            assertEquals(1, sum, 1e-12);
            Quantities by = new Quantities(2, 0);
            assertTrue(by.entropy(law).isClosed());
            assertEquals(Double.POSITIVE_INFINITY, by.kl(Laws.poisson(0, 0), law).value());
        }
    }

    /** Component k of column d is column k columns + d; the first and the last level have what lies beyond. */
    @Test
    void levelsHaveTheDensityOfTheGraph() {
        Graph g = new Graph();
        Value[] p = {g.input("logits", 4), g.input("means", 4), g.input("log scales", 4)};
        Value x = g.input("x", 2);
        LogisticMixture d = new LogisticMixture(p[0], p[1], p[2], 2, 5);
        Value density = LogDensity.of("density", d, x);
        try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, none, backend).rows(3).want(density).want(p).compile()) {
            for (int i = 0; i < 3; i++) {
                float[] each = {0.1f + i, 3.2f - i, -0.9f, 0.6f};
                float[] all = new float[12];
                for (int r = 0; r < 3; r++) {
                    System.arraycopy(each, 0, all, 4 * r, 4);
                }
                step.value(p[i]).set(all);
            }
            step.value(x).set(0, 4, 2, 1, 4, 0);
            step.run(0);
            Law law = GraphLaws.of(step, d, 1);
            double[][] points = {{0, 4}, {2, 1}, {4, 0}};
            for (int r = 0; r < 3; r++) {
                assertEquals(step.value(density).toArray()[r], law.logDensity(points[r]), 1e-4, "row " + r);
            }
            for (Law factor : law.factors()) {
                double sum = 0;
                for (int level = 0; level < 5; level++) {
                    sum += Math.exp(factor.logDensity(new double[] {level}));
                }
                assertEquals(1, sum, 1e-12);
            }
        }
    }

    /** What a user finds in the package is a law, or says what is. */
    @Test
    void noDistributionIsForgotten() throws Exception {
        Path sources = Path.of("java/train/src/main/java/io/elbo4j/train");
        String laws = Files.readString(sources.resolve("quantity/GraphLaws.java"));
        try (Stream<Path> files = Files.list(sources.resolve("distribution"))) {
            int found = 0;
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (Pattern.compile("^public record [^{]*implements\\s+(Distribution|Posterior)", Pattern.MULTILINE)
                        .matcher(Files.readString(file)).find()) {
                    assertTrue(laws.contains("of instanceof " + name), name);
                    found++;
                }
            }
            assertTrue(found >= 17, "" + found);
        }
    }

    /** Its density is known of its own samples: the KL to a standard normal is that of its term. */
    @Test
    void aFullGaussianHasTheKlOfItsTerm() {
        Graph g = new Graph();
        FullGaussian q = new FullGaussian(g.input("mean", 3), g.input("log diagonal", 3), g.input("lower", 3));
        g.latent("z", q);
        try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, p, backend).rows(1).want(q.parameters().toArray(Value[]::new)).evaluate(
                        new Elbo()).compile()) {
            step.value(q.mean()).set(0.5f, -1, 0.2f);
            step.value(q.logDiagonal()).set(0.3f, -0.4f, 0.1f);
            step.value(q.lower()).set(0.7f, -0.2f, 0.4f);
            step.run(0);
            assertEquals(step.total(Role.KL), new Quantities(2, 0).kl(GraphLaws.of(step, q, 0), Laws.standardNormal(3))
                    .value(), 1e-5);
        }
    }

    @Test
    void whatHasNoRowIsRefused() {
        Graph g = new Graph();
        Value logits = g.input("logits", 2);
        Value z = g.latent("z", new DiagonalGaussian(logits, logits));
        try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, p, backend).rows(2).want(z, logits).compile()) {
            step.run(0);
            assertEquals(Math.log(2), new Quantities(2, 0).entropy(GraphLaws.of(step, new Enumerated(new Categorical(
                    logits)), 1)).value(), 1e-12);
            assertEquals("row must be a row of the batch, not 2", assertThrows(IllegalArgumentException.class,
                    () -> GraphLaws.of(step, new Bernoulli(logits), 2)).getMessage());
            assertEquals("row must be at least 0, not -1", assertThrows(IllegalArgumentException.class,
                    () -> GraphLaws.of(step, new Bernoulli(logits), -1)).getMessage());
            assertTrue(assertThrows(IllegalArgumentException.class, () -> GraphLaws.of(step, new Bernoulli(z), 0))
                    .getMessage().contains("not 'z' with rows of BATCH x SAMPLE"));
        }
    }
}
