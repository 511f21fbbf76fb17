package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.AdamStep;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.AmortisationGap.LocalSteps;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.schedule.Cosine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The one Gaussian q(z | x) that a model's encoder gives, and local steps from it. */
record EncoderPosterior(DiagonalGaussian q) {
    /**
     * That of a model.
     *
     * @param argument that asks for it
     * @throws io.elbo4j.ArgumentException if the model has none, or several
     */
    static EncoderPosterior of(Model model, String argument, Object given) {
        // what is drawn beside q, as a completion, has no bound of its own
        List<Latent> all = model.graph().all(Latent.class).stream().filter(z -> z.getClass() != Draw.class)
                .toList();
        DiagonalGaussian q = all.size() == 1 && all.get(0).posterior() instanceof DiagonalGaussian gaussian
                && gaussian.mean().rows().equals(io.elbo4j.train.graph.Rows.BATCH) && gaussian.logVariance().rows()
                        .equals(io.elbo4j.train.graph.Rows.BATCH) ? gaussian : null;
        require(q != null && model.local().isEmpty(), argument, "left out with a model without one Gaussian q(z"
                + " given x) that an encoder gives", given);
        return new EncoderPosterior(q);
    }

    Value[] values() {
        return new Value[] {q.mean(), q.logVariance()};
    }

    /** All that it is computed from. */
    Set<Parameter> encoder() {
        Deque<Node> ahead = new ArrayDeque<>(q.parameters());
        Set<Node> reached = new HashSet<>();
        Set<Parameter> encoder = new HashSet<>();
        while (!ahead.isEmpty()) {
            Node node = ahead.remove();
            if (reached.add(node)) {
                encoder.addAll(node.parameters());
                ahead.addAll(node.inputs());
            }
        }
        return encoder;
    }

    /** What Adam keeps of q for so many rows. */
    long momentRows(long rows) {
        return 4 * rows;
    }

    /**
     * Local steps of Adam, with a rate that falls to 0 along half a cosine, each with noise of its own.
     *
     * @param fit is given q, and its gradients
     * @param moments {@link #momentRows} of q's width
     * @param draw the noise of the first one
     */
    void climb(Step fit, Matrix moments, LocalSteps local, long draw, long firstRow) {
        Cosine rate = new Cosine(local.learningRate(), 0, local.steps());
        AdamStep adam = new AdamStep(local.learningRate(), 0.9, 0.999, 1e-8);
        Rows.fill(0, moments).run();
        long rows = moments.rows() / 4;
        for (int i = 0; i < local.steps(); i++) {
            fit.run(draw + i, firstRow);
            adam.learningRate(rate.at(i)).at(i + 1);
            List<Matrix> pieces = new ArrayList<>();
            for (long at = 0; at < moments.rows(); at += rows) {
                pieces.add(moments.rows(at, at + rows));
            }
            for (int k = 0; k < 2; k++) {
                Value v = values()[k];
                Adam.update(fit.value(v), fit.gradient(v), pieces.get(2 * k), pieces.get(2 * k + 1), adam, null).run();
            }
        }
    }
}
