package io.elbo4j.train.estimator;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Backend;
import io.elbo4j.train.estimator.Estimator.Bound;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepBuilder;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.optimiser.Sgd;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Measures estimators at fixed parameters, on fixed rows: only the noise changes from draw to draw. The gradient is
 * that with respect to the encoder, {@code encoder.*} and {@code posterior.*}: the others have no score function.
 */
public final class Estimators {
    /** Of what an estimator has beside the model. */
    private static final int UPDATES = 1000;

    private final Backend backend;
    private final Parameters trained;
    private final float[] rows;
    private final int draws;
    private final long seed;

    /**
     * @param trained the parameters at which is measured
     * @param rows of the data, one after the other
     * @param draws of each estimator, at least 2
     * @param seed of the noise
     */
    public Estimators(Backend backend, Parameters trained, float[] rows, int draws, long seed) {
        require(draws >= 2, "draws", "at least 2", draws);
        this.backend = backend;
        this.trained = trained;
        this.rows = rows.clone();
        this.draws = draws;
        this.seed = seed;
    }

    /** A unit vector along the gradient, and the mean and standard error of draws along it. */
    private record Reference(double[] along, double mean, double standardError) {}

    private record Draws(GradientMoments moments, double[] along) {
        /** Of the numbers along the direction. */
        double mean() {
            double sum = 0;
            for (double a : along) {
                sum += a;
            }
            return sum / along.length;
        }

        double standardError() {
            double mean = mean();
            double sum = 0;
            for (double a : along) {
                sum += (a - mean) * (a - mean);
            }
            return Math.sqrt(sum / (along.length - 1) / along.length);
        }
    }

    /**
     * All of them, with each number of samples that they can have.
     *
     * @param estimators the first of each bound is what the others of it are compared with, by draws of its own
     * @param done is told of each measurement as it is made
     */
    public List<Measurement> measure(List<Estimator> estimators, int[] samples, Consumer<Measurement> done) {
        List<Measurement> all = new ArrayList<>();
        Map<String, Reference> references = new HashMap<>();
        for (int m : samples) {
            require(m >= 1, "samples", "at least 1", m);
            for (Estimator estimator : estimators) {
                boolean again = estimator.classes() > 0 && m != samples[0];
                if (m >= estimator.leastSamples() && !again) {
                    // an ELBO is the same whatever the number of samples
                    String key = estimator.bound() + (estimator.bound() == Bound.ELBO ? "" : " " + m);
                    Reference reference = references.computeIfAbsent(key, k -> reference(estimator, m));
                    Measurement measurement = measurement(estimator, m, reference);
                    all.add(measurement);
                    done.accept(measurement);
                }
            }
        }
        return all;
    }

    private Reference reference(Estimator first, int samples) {
        double[] mean = draw(first, samples, seed + 1, null).moments.mean();
        double norm = GradientMoments.norm(mean);
        double[] along = new double[mean.length];
        for (int i = 0; i < along.length; i++) {
            along[i] = norm == 0 ? 0 : mean[i] / norm;
        }
        Draws again = draw(first, samples, seed + 2, along);
        return new Reference(along, again.mean(), again.standardError());
    }

    private Measurement measurement(Estimator estimator, int samples, Reference reference) {
        Draws found = draw(estimator, samples, seed, reference.along);
        double variance = found.moments.variance();
        double norm = GradientMoments.norm(found.moments.mean());
        double error = Math.hypot(found.standardError(), reference.standardError);
        return new Measurement(estimator, samples, norm, variance, norm / Math.sqrt(variance), found.mean()
                - reference.mean, error);
    }

    private Draws draw(Estimator estimator, int samples, long noise, double[] along) {
        try (Parameters parameters = new Parameters(backend, estimator.graph().parameters(), 0)) {
            Map<String, float[]> values = new HashMap<>();
            trained.all().forEach(s -> values.put(s.parameter().name(), s.value().toArray()));
            parameters.all().forEach(s -> {
                if (values.containsKey(s.parameter().name())) {
                    s.value().set(values.get(s.parameter().name()));
                }
            });
            Value x = estimator.graph().all(io.elbo4j.train.graph.Input.class).get(0);
            Supplier<StepBuilder> builder = () -> Step.of(estimator.graph(), parameters, backend).rows(rows.length / x
                    .columns()).samples(estimator.classes() > 0 ? estimator.classes() : samples);
            if (!estimator.learned().isEmpty()) {
                StepBuilder learning = builder.get().seed(~noise);
                estimator.learned().forEach(learning::minimise);
                try (Step step = learning.compile()) {
                    step.value(x).set(rows);
                    for (int i = 0; i < UPDATES; i++) {
                        step.run(i);
                    }
                }
            }
            try (Step step = builder.get().seed(noise).minimise(estimator.objective(), new Sgd(0)).compile()) {
                step.value(x).set(rows);
                return draw(step, parameters, along);
            }
        }
    }

    private Draws draw(Step step, Parameters parameters, double[] along) {
        List<Parameters.State> encoder = parameters.all().stream().filter(s -> s.parameter().name().startsWith(
                "encoder.") || s.parameter().name().startsWith("posterior.")).toList();
        int elements = Math.toIntExact(encoder.stream().mapToLong(s -> s.parameter().rows() * s.parameter().columns())
                .sum());
        GradientMoments moments = new GradientMoments(elements);
        double[] numbers = new double[draws];
        float[] gradient = new float[elements];
        for (int i = 0; i < draws; i++) {
            step.run(i);
            int at = 0;
            for (Parameters.State s : encoder) {
                float[] of = s.gradient().toArray();
                System.arraycopy(of, 0, gradient, at, of.length);
                at += of.length;
            }
            moments.add(gradient);
            for (int j = 0; along != null && j < elements; j++) {
                numbers[i] += along[j] * gradient[j];
            }
        }
        return new Draws(moments, numbers);
    }
}
