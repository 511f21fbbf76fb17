package io.elbo4j.train.graph;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Clip;
import io.elbo4j.operation.Sums;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The launches of a training after its backward pass: gradients of the parameters, clipping, the optimiser. */
final class Update {
    private final Training training;
    private final Gradients gradients;
    private final Buffers buffers;
    private final List<Parameters.State> states = new ArrayList<>();

    /** @param trained gets the training's parameters: none may be there already */
    Update(Training training, Parameters parameters, Gradients gradients, Buffers buffers, Set<Parameter> trained) {
        this.training = training;
        this.gradients = gradients;
        this.buffers = buffers;
        for (Parameters.State s : parameters.all()) {
            if (training.parameters().isEmpty() ? !gradients.launches(s.parameter()).isEmpty()
                    : training.parameters().contains(s.parameter())) {
                states.add(s);
            }
        }
        for (Parameters.State s : states) {
            if (!trained.add(s.parameter())) {
                throw new IllegalArgumentException("training '" + training.name() + "': another training of the step"
                        + " changes '" + s.parameter().name() + "' too");
            }
        }
    }

    /** All gradients of parameters, where another training's backward pass, which has the same buffers, comes next. */
    List<Launch> gradients() {
        return states.stream().flatMap(s -> gradients.launches(s.parameter()).stream()).toList();
    }

    /**
     * Without clipping the optimiser follows each gradient while it is in the cache.
     *
     * @param computed whether {@link #gradients} came before
     */
    List<Launch> launches(boolean computed) {
        List<Launch> all = new ArrayList<>();
        boolean clip = training.maximumGradientNorm() < Double.POSITIVE_INFINITY;
        Matrix scale = clip ? clip(all, computed) : null;
        for (Parameters.State s : states) {
            if (!clip && !computed) {
                all.addAll(gradients.launches(s.parameter()));
            }
            all.addAll(training.optimiser().update(s, scale));
        }
        return all;
    }

    /** Gradients and the scale of their global norm; sums over rows come last, so that workers meet less often. */
    private Matrix clip(List<Launch> all, boolean computed) {
        Matrix squares = buffers.get(training, "squares", "squares of the gradients", 1, states.size());
        List<Launch> sums = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            Parameter parameter = states.get(i).parameter();
            Matrix gradient = states.get(i).gradient();
            Matrix sum = squares.columns(i, i + 1);
            if (!computed) {
                all.addAll(gradients.launches(parameter));
            }
            if (gradient.rows() == 1) {
                sums.add(Sums.rowsOfSquares(gradient, sum));
            } else {
                Matrix rows = buffers.get(parameter, "squares", "squares of the gradient of " + parameter.name(),
                        gradient.rows(), 1);
                all.add(Sums.rowsOfSquares(gradient, rows));
                sums.add(Sums.rows(rows.reshape(1, rows.rows()), sum));
            }
        }
        Matrix scale = buffers.get(training, "scale", "scale of the gradients", 1, 1);
        all.addAll(sums);
        all.add(Clip.scale(squares, (float) training.maximumGradientNorm(), scale));
        return scale;
    }
}
