package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Compares every element of every parameter's gradient of a training step with central finite differences of the loss,
 * which the {@link Interpreter} computes from the step's own forward launches in double precision: no second text of a
 * model is needed. A parameter's error is relative to the largest element of its gradient, or to 0.01 where all are
 * smaller.
 */
final class FiniteDifferences {
    /** Of the largest element: float32 sums of some tens of products are right to some 2^-24. */
    static final double TOLERANCE = 1e-6;
    private static final double H = 1e-4;
    private static final long STEP = 3;

    private FiniteDifferences() {}

    /** What a loss is, from what the interpreter has computed. */
    interface Loss {
        double of(Interpreter of, Step step);
    }

    /** Any objective that is a sum of its terms, each with its weight. */
    static double weighted(Interpreter in, Step step) {
        return weighted(in, step, term -> true);
    }

    /** Of some of its terms. */
    static double weighted(Interpreter in, Step step, Predicate<Term> which) {
        double loss = 0;
        for (Term term : step.plan().terms().keySet()) {
            if (!which.test(term)) {
                continue;
            }
            Matrix value = step.plan().terms().get(term);
            Matrix weight = step.plan().weight(term).orElseThrow();
            for (long r = 0; r < value.rows(); r++) {
                loss += in.get(weight, r, 0) * in.get(value, r, 0);
            }
        }
        return loss;
    }

    /** Minus the importance-weighted bound: every term has a number for each sample. */
    static double bound(Interpreter in, Step step) {
        List<Matrix> terms = List.copyOf(step.plan().terms().values());
        long samples = terms.get(0).rows() / step.batch();
        double sum = 0;
        for (long row = 0; row < step.batch(); row++) {
            double mean = 0;
            for (long k = 0; k < samples; k++) {
                long at = row * samples + k;
                mean += Math.exp(terms.stream().mapToDouble(t -> in.get(t, at, 0)).sum()) / samples;
            }
            sum -= Math.log(mean);
        }
        return sum / step.batch();
    }

    static void check(String name, Graph graph, int rows) {
        check(name, graph, rows, Map.of());
    }

    /** @param likelihoods as the interpreter takes them */
    static void check(String name, Graph graph, int rows,
            Map<LogLikelihood.Function, Interpreter.Likelihood> likelihoods) {
        for (int samples : new int[] {1, 7}) {
            int k = samples;
            check(name + ", K = " + k, graph, s -> s.rows(rows).samples(k).minimise(new Elbo(0.7), new Adam(0)),
                    FiniteDifferences::weighted, likelihoods, p -> true);
        }
    }

    static void check(String name, Graph graph, UnaryOperator<StepBuilder> training, Loss loss) {
        check(name, graph, training, loss, p -> true);
    }

    /** With respect to some of the parameters. */
    static void check(String name, Graph graph, UnaryOperator<StepBuilder> training, Loss loss,
            Predicate<Parameter> which) {
        check(name, graph, training, loss, Map.of(), which);
    }

    /** Inputs are uniform in [0, 1), which suits every likelihood. A seed at a ReLU's kink is passed over. */
    private static void check(String name, Graph graph, UnaryOperator<StepBuilder> training, Loss loss,
            Map<LogLikelihood.Function, Interpreter.Likelihood> likelihoods, Predicate<Parameter> which) {
        for (long seed = 1;; seed++) {
            try {
                check(name + ", seed " + seed, graph, training, loss, likelihoods, which, seed);
                return;
            } catch (Interpreter.TooClose tooClose) {
                assertTrue(seed < 100, name + ": no seed keeps away from the ReLUs' kinks: " + tooClose.getMessage());
            }
        }
    }

    private static void check(String name, Graph graph, UnaryOperator<StepBuilder> training, Loss loss,
            Map<LogLikelihood.Function, Interpreter.Likelihood> likelihoods, Predicate<Parameter> which, long seed) {
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, graph.parameters(), seed);
                Step step = training.apply(Step.of(graph, parameters, backend).seed(seed)).compile()) {
            SplittableRandom random = new SplittableRandom(seed);
            for (Input input : graph.all(Input.class)) {
                Matrix x = step.value(input);
                float[] values = new float[Math.toIntExact(x.rows() * x.columns())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextDouble();
                }
                x.set(values);
            }
            // twice, so that what a step leaves in its buffers would show in the next one's gradients
            step.run(STEP - 1);
            step.run(STEP);
            Interpreter interpreter = new Interpreter(likelihoods);
            double worst = 0;
            for (Parameters.State s : parameters.all().stream().filter(s -> which.test(s.parameter())).toList()) {
                worst = Math.max(worst, compare(name, s, interpreter, step, loss));
            }
            System.out.printf("finite differences: %s, worst error %.1e of the gradient's scale%n", name, worst);
        }
    }

    private static double compare(String name, Parameters.State s, Interpreter in, Step step, Loss loss) {
        List<io.elbo4j.Launch> forward = step.plan().forwardLaunches();
        Matrix value = s.value();
        double[][] found = Doubles.of(s.gradient());
        double[][] expected = Reference.zeros(found);
        double scale = 0.01;
        for (int i = 0; i < found.length; i++) {
            for (int j = 0; j < found[i].length; j++) {
                double at = in.get(value, i, j);
                double[] losses = new double[4];
                for (int k = 0; k < 4; k++) {
                    in.set(value, i, j, at + H * new double[] {-2, -1, 1, 2}[k]);
                    in.run(forward);
                    losses[k] = loss.of(in, step);
                }
                in.set(value, i, j, at);
                // of fourth order: the error is of the order of H^4
                expected[i][j] = (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / (12 * H);
                scale = Math.max(scale, Math.abs(expected[i][j]));
            }
        }
        double worst = 0;
        for (int i = 0; i < found.length; i++) {
            for (int j = 0; j < found[i].length; j++) {
                double error = Math.abs(found[i][j] - expected[i][j]) / scale;
                assertTrue(error <= TOLERANCE, name + ": gradient of " + s.parameter().name() + "[" + i + "][" + j
                        + "] is " + found[i][j] + ", finite differences give " + expected[i][j] + ", " + error
                        + " of the scale " + scale);
                worst = Math.max(worst, error);
            }
        }
        return worst;
    }
}
