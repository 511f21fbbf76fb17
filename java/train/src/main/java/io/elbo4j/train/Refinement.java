package io.elbo4j.train;

import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.AmortisationGap.LocalSteps;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.model.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a training step goes on with after the encoder: local steps of q, and the decoder's. */
final class Refinement implements AutoCloseable {
    private final Backend backend;
    private final EncoderPosterior posterior;
    private final LocalSteps local;
    private final List<Value> handed;
    private final Steps fits;
    private final Steps decoders;
    private final Map<Integer, Matrix> moments = new HashMap<>();

    /** @param rest how what is not the encoder is trained */
    Refinement(Model model, Parameters parameters, Backend backend, TrainingSettings settings, long stepsPerEpoch,
            Feed data, Indices order, Training rest) {
        this.backend = backend;
        RefinementSettings refinement = settings.refinement();
        this.posterior = EncoderPosterior.of(model, "refineSteps", refinement.refineSteps());
        this.local = new LocalSteps(refinement.refineSteps(), refinement.refineRate());
        Graph graph = model.graph();
        this.handed = new ArrayList<>(List.of(posterior.values()));
        // the x of the training step is drawn once
        handed.addAll(graph.all(Binarise.class));
        Value[] given = handed.toArray(Value[]::new);
        // all local steps of a training step have its weight of the KL
        Objective climbed = model.objective(settings.objective(), step -> settings.klWeightAt(step / local.steps(),
                stepsPerEpoch), settings.freeBits());
        // the noise of the evaluations is that of another seed
        this.fits = new Steps(rows -> Step.of(graph, parameters, backend).rows(rows).samples(settings.samples()).seed(
                ~settings.seed()).read(data.source(), order).given(given).differentiate(posterior.values()).evaluate(
                        climbed).compile());
        Set<Parameter> others = new HashSet<>(graph.parameters());
        others.removeAll(posterior.encoder());
        Training decoder = rest.withName("training of the decoder").withParameters(others);
        this.decoders = new Steps(rows -> Step.of(graph, parameters, backend).rows(rows).samples(settings.samples())
                .seed(settings.seed()).read(data.source(), order).given(posterior.values()).minimise(decoder)
                .compile());
    }

    Set<Parameter> encoder() {
        return posterior.encoder();
    }

    /** What the encoder's step must keep. */
    Value[] wanted() {
        return handed.toArray(Value[]::new);
    }

    /** Allocates what {@link #run} needs for {@code total} rows in pieces of {@code size}. */
    void prepare(int total, int size) {
        fits.prepare(total, size);
        decoders.prepare(total, size);
        moments(Math.min(total, size));
        if (total % size != 0) {
            moments(total % size);
        }
    }

    private Matrix moments(int rows) {
        return moments.computeIfAbsent(rows, n -> backend.matrix(posterior.momentRows(n), posterior.q().columns()));
    }

    /**
     * After the encoder's step on some rows.
     *
     * @param at where they are in the order
     * @param number of the training step
     */
    void run(Step encoder, int rows, int at, long number) {
        Step fit = fits.of(rows).rows(at);
        handed.forEach(v -> Rows.copy(encoder.value(v), fit.value(v)).run());
        posterior.climb(fit, moments(rows), local, number * local.steps(), 0);
        Step decoder = decoders.of(rows).rows(at);
        for (Value v : posterior.values()) {
            Rows.copy(fit.value(v), decoder.value(v)).run();
        }
        decoder.run(number);
    }

    @Override
    public void close() {
        fits.close();
        decoders.close();
        moments.values().forEach(Matrix::close);
    }
}
