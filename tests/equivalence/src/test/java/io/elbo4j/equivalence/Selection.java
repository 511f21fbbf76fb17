package io.elbo4j.equivalence;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Every operation once or twice and a few training steps, by bits against the java backend: small enough for a checker
 * that makes everything a hundred times slower. {@code Selection BACKEND}.
 */
final class Selection {
    /** Of the suite's, as convolutions have a geometry for each of these. */
    private static final List<Shape> SHAPES = List.of(new Shape(2, 32, 2, false), new Shape(7, 4, 3, true), new Shape(4,
            129, 3, false));
    private static final int STEPS = 4;

    private Selection() {}

    private static List<float[]> operations(Backend backend) {
        List<float[]> all = new ArrayList<>();
        Operations.all().forEach((name, operation) -> {
            for (Shape shape : SHAPES) {
                try (Bench bench = new Bench(backend, Values.NORMAL, name.hashCode(), shape.strided())) {
                    operation.apply(bench, shape).run();
                    all.addAll(bench.results());
                }
            }
        });
        return all;
    }

    private static List<float[]> training(Backend backend) {
        Images images = Sprites.images(3, 50);
        Vae vae = new Vae(new VaeSettings(images.columns(), List.of(24, 20), 5, Activation.RELU,
                LikelihoodKind.BERNOULLI, 1, true));
        TrainingSettings settings = new TrainingSettings(20, 1e-3, 1, 0, 0, Double.POSITIVE_INFINITY, 1);
        List<float[]> all = new ArrayList<>();
        try (Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Trainer trainer = new Trainer(vae, parameters, backend, settings, images, Trainer.Position.START)) {
            for (int i = 0; i < STEPS; i++) {
                if (trainer.atEndOfEpoch()) {
                    trainer.nextEpoch();
                }
                trainer.step();
            }
            parameters.all().forEach(s -> all.add(s.value().toArray()));
        }
        return all;
    }

    public static void main(String[] args) {
        if (BackendsUnderTest.all().stream().noneMatch(under -> under.name().startsWith(args[0]))) {
            throw new IllegalStateException("the suites do not test backend " + args[0]);
        }
        try (Backend backend = Backends.open(args[0], 1)) {
            String difference = compare(backend);
            System.out.println(difference == null ? "the same bits" : difference);
            System.exit(difference == null ? 0 : 1);
        }
    }

    /** The first difference from the java backend, or null. */
    static String compare(Backend backend) {
        try (Backend reference = BackendsUnderTest.reference()) {
            List<float[]> expected = operations(reference);
            List<float[]> actual = operations(backend);
            expected.addAll(training(reference));
            actual.addAll(training(backend));
            return Bits.difference(expected, actual);
        }
    }
}
