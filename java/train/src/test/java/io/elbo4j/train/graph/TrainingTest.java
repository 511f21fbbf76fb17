package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Launch;
import io.elbo4j.Noise;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.objective.StickingTheLanding;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.optimiser.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Trainings of one step: groups of parameters, and clipping. */
class TrainingTest {
    private static final double NONE = Double.POSITIVE_INFINITY;
    private static final long SEED = 23;

    private final Graph g = new Graph();
    private final Set<Parameter> weights;
    private final Set<Parameter> biases;

    TrainingTest() {
        Value x = g.input("x", 5);
        Value h = Dense.of("encoder", x, 6, Activation.RELU);
        Value z = g.latent("z", DiagonalGaussian.of("q", h, 3));
        g.observe("pixels", new Bernoulli(Dense.of("decoder", z, 5, Activation.IDENTITY)), x);
        weights = named(name -> name.endsWith(".weight"));
        biases = named(name -> name.endsWith(".bias"));
        assertEquals(g.parameters().size(), weights.size() + biases.size());
    }

    private Set<Parameter> named(Predicate<String> names) {
        return g.parameters().stream().filter(p -> names.test(p.name())).collect(Collectors.toSet());
    }

    private record Trained(Map<String, float[]> values, List<Class<?>> launches) {}

    private Trained train(int steps, UnaryOperator<StepBuilder> training) {
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), SEED);
                Step step = training.apply(Step.of(g, parameters, backend).rows(7).samples(2).seed(SEED)).compile()) {
            for (Input input : g.all(Input.class)) {
                RandomFill.uniform(new Noise(SEED, 9), 0, 1, step.value(input)).run();
            }
            for (int i = 0; i < steps; i++) {
                step.run(i);
            }
            Map<String, float[]> values = new LinkedHashMap<>();
            parameters.all().forEach(s -> values.put(s.parameter().name(), s.value().toArray()));
            return new Trained(values, step.plan().launches().stream().map(Launch::body).<Class<?>>map(Object::getClass)
                    .toList());
        }
    }

    private static Training group(Objective objective, Optimiser optimiser, Set<Parameter> of) {
        return Training.of(objective, optimiser).withName("group of " + of.size()).withParameters(of);
    }

    private static Map<Class<?>, Long> counts(Trained trained) {
        return trained.launches().stream().collect(Collectors.groupingBy(c -> c, Collectors.counting()));
    }

    @Test
    void groupsWithEqualOptimisersGiveTheBitsOfOneTrainingFromOneBackwardPass() {
        for (Objective objective : new Objective[] {new Elbo(0.7).withFreeBits(0.05), new ImportanceWeighted(),
                new StickingTheLanding(new SampledElbo())}) {
            Trained one = train(3, s -> s.minimise(objective, new Adam(0.01)));
            for (Set<Parameter> rest : List.of(biases, Set.<Parameter>of())) {
                Trained two = train(3, s -> s.minimise(group(objective, new Adam(0.01), weights))
                        .minimise(group(objective, new Adam(0.01), rest)));
                one.values().forEach((name, v) -> assertArrayEquals(v, two.values().get(name), name));
                assertEquals(counts(one), counts(two), objective.toString());
            }
            // the others are not trained
            Trained part = train(3, s -> s.minimise(group(objective, new Adam(0.01), weights)));
            Map<String, float[]> initial = train(0, s -> s.minimise(objective, new Adam(0.01))).values();
            biases.forEach(p -> assertArrayEquals(initial.get(p.name()), part.values().get(p.name()), p.name()));
        }
    }

    @Test
    void aGroupHasALearningRateAndAWeightDecayOfItsOwn() {
        Objective elbo = new Elbo();
        Map<String, float[]> plain = train(1, s -> s.minimise(elbo, new Adam(0.01))).values();
        Map<String, float[]> initial = train(0, s -> s.minimise(elbo, new Adam(0.01))).values();
        Map<String, float[]> decayed = train(1, s -> s.minimise(group(elbo, Adam.withWeightDecay(0.01, 0.5), weights))
                .minimise(group(elbo, new Adam(0.01), Set.of()))).values();
        biases.forEach(p -> assertArrayEquals(plain.get(p.name()), decayed.get(p.name()), p.name()));
        for (Parameter p : weights) {
            float[] before = initial.get(p.name());
            float[] step = plain.get(p.name());
            float[] found = decayed.get(p.name());
            for (int i = 0; i < found.length; i++) {
                assertEquals(step[i] - 0.01 * 0.5 * before[i], found[i], 1e-6, p.name());
            }
            assertFalse(Arrays.equals(step, found), p.name());
        }
        Map<String, float[]> still = train(3, s -> s.minimise(group(elbo, new Adam(0), weights))
                .minimise(group(elbo, new Adam(0.01), biases))).values();
        weights.forEach(p -> assertArrayEquals(initial.get(p.name()), still.get(p.name()), p.name()));
        biases.forEach(p -> assertFalse(Arrays.equals(initial.get(p.name()), still.get(p.name())), p.name()));
    }

    /** One group of an objective among trainings of another. */
    @Test
    void groupsOfSeveralObjectivesDoNotMix() {
        Set<Parameter> decoder = named(name -> name.startsWith("decoder"));
        Set<Parameter> encoder = named(name -> name.startsWith("encoder"));
        Set<Parameter> posterior = named(name -> name.startsWith("q"));
        Objective elbo = new Elbo();
        Objective bound = new ImportanceWeighted();
        Map<String, float[]> ofElbo = train(1, s -> s.minimise(elbo, new Sgd(0.1))).values();
        Map<String, float[]> ofBound = train(1, s -> s.minimise(bound, new Sgd(0.1))).values();
        Map<String, float[]> mixed = train(1, s -> s.minimise(group(elbo, new Sgd(0.1), decoder))
                .minimise(group(bound, new Sgd(0.1), encoder)).minimise(group(elbo, new Sgd(0.1), posterior))).values();
        for (Parameter p : g.parameters()) {
            assertArrayEquals((encoder.contains(p) ? ofBound : ofElbo).get(p.name()), mixed.get(p.name()), p.name());
        }
    }

    private void refused(String sentence, UnaryOperator<StepBuilder> training) {
        assertEquals(sentence, assertThrows(IllegalArgumentException.class, () -> train(0, training)).getMessage());
    }

    @Test
    void groupsThatOverlapAndEmptyOnesAreRefused() {
        Training all = Training.of(new Elbo(), new Adam(0.01));
        refused("training 'second': another training of the step changes 'decoder.bias' too", s -> s
                .minimise(all.withParameters(named("decoder.bias"::equals)))
                .minimise(all.withName("second").withParameters(biases)));
        refused("training 'second': another training of the step changes 'encoder.weight' too",
                s -> s.minimise(all).minimise(all.withName("second")));
        refused("training 'second': other trainings of its objective name all that this depends on",
                s -> s.minimise(all.withParameters(Set.copyOf(g.parameters()))).minimise(all.withName("second")));
    }

    /** The loss (p - x)^2 / 2 of each element, with a gradient of (3, 0.5, 0), -7 and 0.25. */
    @Test
    void clippingByValueComesBeforeClippingByNorm() {
        Graph rows = new Graph();
        List<Float> targets = List.of(2f, 4.5f, 5f, 12f, 4.75f);
        List<Value> inputs = new ArrayList<>();
        for (int columns : new int[] {3, 1, 1}) {
            Value x = rows.input("x" + inputs.size(), columns);
            inputs.add(x);
            rows.observe("o" + x.name(), new DiagonalGaussian(LearnedRow.of(rows, "p" + x.name(), columns, 5),
                    ConstantRow.of(rows, "lv" + x.name(), columns, 0)), x);
        }
        double[] raw = {3, 0.5, 0, -7, 0.25};
        for (double limit : new double[] {NONE, 1, 0.3}) {
            for (double norm : new double[] {NONE, 0.7}) {
                double[] expected = Arrays.stream(raw).map(d -> Math.max(-limit, Math.min(limit, d))).toArray();
                double scale = Math.min(1, norm / Math.sqrt(Arrays.stream(expected).map(d -> d * d).sum()));
                try (Backend backend = new JavaBackend(1);
                        Parameters parameters = new Parameters(backend, rows.parameters(), 1);
                        Step step = Step.of(rows, parameters, backend).minimise(Training.of(new Elbo(), new Sgd(1))
                                .withMaximumGradient(limit).withMaximumGradientNorm(norm)).compile()) {
                    int at = 0;
                    for (Value x : inputs) {
                        for (long c = 0; c < x.columns(); c++) {
                            step.value(x).columns(c, c + 1).set(targets.get(at++));
                        }
                    }
                    step.run(0);
                    int i = 0;
                    for (Parameters.State s : parameters.all()) {
                        for (float found : s.value().toArray()) {
                            assertEquals(5 - scale * expected[i], found, 1e-6, limit + ", " + norm + ": " + i);
                            i++;
                        }
                    }
                    assertEquals(5, i);
                }
            }
        }
        for (double wrong : new double[] {0, -1, Double.NaN, 1e-60}) {
            assertThrows(IllegalArgumentException.class, () -> Training.of(new Elbo(), new Sgd(1)).withMaximumGradient(
                    wrong));
        }
    }
}
