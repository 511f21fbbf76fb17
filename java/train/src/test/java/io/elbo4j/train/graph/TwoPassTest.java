package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.objective.DoublyReparameterised;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that are known only after the forward pass: then likelihoods compute their gradients in the backward one. */
class TwoPassTest {
    private static final int ROWS = 6;
    private static final long SEED = 17;

    /** The same objective, whose weights become known late. */
    private record Late(Objective of) implements Objective {
        @Override
        public boolean takes(Term term) {
            return of.takes(term);
        }

        @Override
        public void combine(List<Term> terms, Plan plan) {
            if (plan.trains()) {
                terms.forEach(term -> plan.weigh(term, of.weight(term, plan).orElseThrow()));
            }
        }

        @Override
        public Optional<Matrix> columnWeight(Term term, Plan plan) {
            return of.columnWeight(term, plan);
        }
    }

    private final Graph g = new Graph();

    /** Every way in which an observation passes gradients on. */
    TwoPassTest() {
        Value x = g.input("x", 5);
        Value h = Dense.of("encoder", x, 6, Activation.RELU);
        Value z = g.latent("z", DiagonalGaussian.of("q", h, 3), DiagonalGaussian.of("prior", Slice.of("part", x, 1, 3),
                3));
        Value d = Dense.of("decoder", z, 6, Activation.RELU);
        Value lv = LearnedRow.of(g, "lv", 6, 0.2f);
        g.observe("pixels", new Bernoulli(Dense.of("logits", d, 5, Activation.IDENTITY)), x);
        g.observe("again", new Bernoulli(Dense.of("gated", d, 5, Activation.RELU)), x);
        g.observe("elements", DiagonalGaussian.of("p", d, 5), x);
        g.observe("shared", new DiagonalGaussian(Dense.of("m", d, 5, Activation.TANH), Slice.of("lv'", lv, 1, 6)), x);
        g.observe("parameter", new DiagonalGaussian(d, lv), ConstantRow.of(g, "two", 6, 2));
        g.observe("of z", new DiagonalGaussian(ConstantRow.of(g, "mean", 3, 0.5f), LearnedRow.of(g, "lv''", 3, 0.1f)),
                z);
        g.observe("per row", new Bernoulli(Dense.of("of x", h, 5, Activation.IDENTITY)), x);
    }

    private Map<String, float[]> trained(int samples, UnaryOperator<StepBuilder> training) {
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), SEED);
                Step step = training.apply(Step.of(g, parameters, backend).rows(ROWS).samples(samples).seed(SEED))
                        .compile()) {
            for (Input input : g.all(Input.class)) {
                RandomFill.uniform(new Noise(SEED, 9), 0, 1, step.value(input)).run();
            }
            step.run(0);
            step.run(1);
            Map<String, float[]> all = new LinkedHashMap<>();
            parameters.all().forEach(s -> all.put(s.parameter().name(), s.gradient().toArray()));
            return all;
        }
    }

    private Map<String, float[]> gradients(int samples, Objective objective) {
        return trained(samples, step -> step.minimise(objective, new Adam(0)));
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> found) {
        expected.forEach((name, gradient) -> assertArrayEquals(gradient, found.get(name), name));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void weightsThatBecomeKnownLateGiveTheSameBits(int samples) {
        for (Objective objective : new Objective[] {new Elbo(0.7).withFreeBits(0.05), new SampledElbo(0.7)}) {
            assertSame(gradients(samples, objective), gradients(samples, new Late(objective)));
        }
    }

    /** Each training of a step has weights of its own, and says itself whether log q is stopped. */
    @Test
    void trainingsOfOneStepDoNotMix() {
        Set<Parameter> encoder = g.parameters().stream().filter(p -> p.name().matches("(encoder|q)\\..*")).collect(
                Collectors.toSet());
        Set<Parameter> others = g.parameters().stream().filter(p -> !encoder.contains(p)).collect(Collectors.toSet());
        for (Objective first : new Objective[] {new ImportanceWeighted(), new DoublyReparameterised(), new Elbo()}) {
            for (Objective second : new Objective[] {new SampledElbo(0.7), new ImportanceWeighted()}) {
                Map<String, float[]> both = trained(4, step -> step
                        .minimise(Training.of(first, new Adam(0)).withName("encoder").withParameters(encoder))
                        .minimise(Training.of(second, new Adam(0)).withName("others").withParameters(others)));
                Map<String, float[]> ofFirst = gradients(4, first);
                Map<String, float[]> ofSecond = gradients(4, second);
                encoder.forEach(p -> assertArrayEquals(ofFirst.get(p.name()), both.get(p.name()), p.name()));
                others.forEach(p -> assertArrayEquals(ofSecond.get(p.name()), both.get(p.name()), p.name()));
            }
        }
    }
}
