package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Matrix;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Term.Role;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Runs training steps with learning rate 0 and compares its totals and every element of every gradient with a double
 * evaluation of the same objective and its central finite differences.
 *
 * <p>Tolerance: {@value #TOLERANCE} of the largest element of the parameter's gradient, or of 0.01 where all are
 * smaller. A float32 gradient is a sum of at most some hundred products, each right to a few 2^-24: 1e-5 leaves room
 * for a hundred such errors, and a term left out, counted twice or of wrong sign is off by thousands of times more. The
 * finite differences themselves (h = 1e-5, double) are right to about 1e-9.
 */
final class GradientCheck {
    static final double TOLERANCE = 1e-5;
    private static final double H = 1e-5;
    private static final long STEP = 3;

    /** The objective's two parts, in nats per row; {@code penalty} is what the gradient sees of the KLs, unweighted. */
    record Terms(double logLikelihood, double kl, double penalty) {
        Terms(double logLikelihood, double kl) {
            this(logLikelihood, kl, kl);
        }
    }

    /** What a double evaluation works with: it has a row for every sample, so inputs are there K times. */
    static final class World {
        private final Map<String, double[][]> matrices = new LinkedHashMap<>();
        private final Map<Integer, double[][]> noises = new HashMap<>();
        private final List<String> random;
        private final long seed;
        private final int rows;
        private final int samples;

        private World(long seed, int rows, int samples, List<String> random) {
            this.random = random;
            this.seed = seed;
            this.rows = rows * samples;
            this.samples = samples;
        }

        /** As it is now, whatever changes later. */
        World copy() {
            World copy = new World(seed, rows / samples, samples, random);
            matrices.forEach((name, m) -> copy.matrices.put(name, Arrays.stream(m).map(double[]::clone).toArray(
                    double[][]::new)));
            return copy;
        }

        /** Samples of each row of the batch. */
        int samples() {
            return samples;
        }

        int rows() {
            return rows;
        }

        /** A parameter or an input. */
        double[][] get(String name) {
            double[][] found = matrices.get(name);
            if (found == null) {
                throw new AssertionError("no '" + name + "' among " + matrices.keySet());
            }
            return found;
        }

        double[][] weight(String dense) {
            return get(dense + ".weight");
        }

        double[][] bias(String dense) {
            return get(dense + ".bias");
        }

        /** A parameter of one row, for every row. */
        double[][] shared(String name) {
            return Reference.repeated(get(name)[0], rows);
        }

        /** The noise of the graph's {@code index}-th random node. */
        double[][] noise(int index, int columns) {
            return noises.computeIfAbsent(index, i -> {
                try (JavaBackend backend = new JavaBackend(1); Matrix eps = backend.matrix(rows, columns)) {
                    RandomFill.normal(Streams.named(seed, random.get(i), Streams.TRAINING).step(STEP), eps).run();
                    return Doubles.of(eps);
                }
            });
        }
    }

    private final String name;
    private final Graph graph = new Graph();
    private long seed = 20250101;
    private int rows = 7;
    private double klWeight = 1;
    private double freeBits;

    GradientCheck(String name) {
        this.name = name;
    }

    Graph graph() {
        return graph;
    }

    GradientCheck rows(int rows) {
        this.rows = rows;
        return this;
    }

    GradientCheck seed(long seed) {
        this.seed = seed;
        return this;
    }

    GradientCheck klWeight(double klWeight) {
        this.klWeight = klWeight;
        return this;
    }

    GradientCheck freeBits(double freeBits) {
        this.freeBits = freeBits;
        return this;
    }

    /** With one sample of the latent variables and with seven. */
    void run(Function<World, Terms> objective) {
        for (int samples : new int[] {1, 7}) {
            run(samples, new Elbo(klWeight).withFreeBits(freeBits), (world, step) -> checkTotals(objective.apply(world),
                    step), before -> now -> loss(objective.apply(now)));
        }
    }

    /**
     * Any objective, with one sample and with seven.
     *
     * @param loss of the parameters as they are at first: whose derivative there is the gradient that is expected
     */
    void run(Objective objective, Function<World, ToDoubleFunction<World>> loss) {
        for (int samples : new int[] {1, 7}) {
            run(samples, objective, (world, step) -> {}, loss);
        }
    }

    private void checkTotals(Terms terms, Step step) {
        assertEquals(terms.logLikelihood() * rows, step.total(Role.LOG_LIKELIHOOD),
                1e-5 * Math.abs(terms.logLikelihood() * rows), name + ": log-likelihood");
        assertEquals(terms.kl() * rows, step.total(Role.KL), 1e-5 * Math.max(0.1, terms.kl() * rows), name + ": KL");
    }

    /** Inputs are uniform in [0, 1), which suits every likelihood. */
    private void run(int samples, Objective objective, BiConsumer<World, Step> totals,
            Function<World, ToDoubleFunction<World>> loss) {
        World world = new World(seed, rows, samples, graph.nodes().stream()
                .filter(node -> node instanceof Latent || node instanceof Binarise).map(Node::name).toList());
        String name = this.name + ", K = " + samples;
        try (JavaBackend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, graph.parameters(), seed);
                Step step = Step.of(graph, parameters, backend).rows(rows).samples(samples).seed(seed)
                        .minimise(objective, new Adam(0)).compile()) {
            SplittableRandom random = new SplittableRandom(seed);
            for (Input input : graph.all(Input.class)) {
                Matrix x = step.value(input);
                float[] values = new float[(int) (x.rows() * x.columns())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextDouble();
                }
                world.matrices.put(input.name(), Reference.each(Doubles.of(x.set(values)), samples));
            }
            for (Parameters.State s : parameters.all()) {
                world.matrices.put(s.parameter().name(), Doubles.of(s.value()));
            }
            // twice, so that what a step leaves in its buffers would show in the next one's gradients
            step.run(STEP - 1);
            step.run(STEP);

            totals.accept(world, step);
            ToDoubleFunction<World> of = loss.apply(world.copy());
            double worst = 0;
            for (Parameters.State s : parameters.all()) {
                worst = Math.max(worst, compare(name, s, world, of));
            }
            System.out.printf("gradient check: %s, seed %d, %d rows, worst error %.1e of the gradient's scale%n", name,
                    seed, rows, worst);
        }
    }

    private double compare(String name, Parameters.State s, World world, ToDoubleFunction<World> loss) {
        double[][] value = world.get(s.parameter().name());
        double[][] found = Doubles.of(s.gradient());
        double[][] expected = Reference.zeros(value);
        double scale = 0.01;
        for (int i = 0; i < value.length; i++) {
            for (int j = 0; j < value[i].length; j++) {
                double at = value[i][j];
                value[i][j] = at + H;
                double above = loss.applyAsDouble(world);
                value[i][j] = at - H;
                double below = loss.applyAsDouble(world);
                value[i][j] = at;
                expected[i][j] = (above - below) / (2 * H);
                scale = Math.max(scale, Math.abs(expected[i][j]));
            }
        }
        double worst = 0;
        for (int i = 0; i < value.length; i++) {
            for (int j = 0; j < value[i].length; j++) {
                double error = Math.abs(found[i][j] - expected[i][j]) / scale;
                assertTrue(error <= TOLERANCE, name + ", seed " + seed + ": gradient of " + s.parameter().name() + "["
                        + i + "][" + j + "] is " + found[i][j] + ", finite differences give " + expected[i][j]);
                worst = Math.max(worst, error);
            }
        }
        return worst;
    }

    private double loss(Terms terms) {
        return klWeight * terms.penalty() - terms.logLikelihood();
    }
}
