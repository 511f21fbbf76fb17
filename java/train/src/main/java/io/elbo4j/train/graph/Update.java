package io.elbo4j.train.graph;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Storage;
import io.elbo4j.operation.Clip;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The launches of a training after its backward pass: gradients of the parameters, clipping, the optimiser. */
final class Update {
    private final Training training;
    private final Parameters parameters;
    private final Gradients gradients;
    private final Buffers buffers;
    private final List<Parameters.State> states = new ArrayList<>();
    private final List<Launch> ofRows = new ArrayList<>();
    private final List<Launch> before = new ArrayList<>();
    private final List<Launch> after = new ArrayList<>();
    private boolean computed;

    /**
     * @param named the parameters that trainings of this objective name
     * @param trained gets the training's parameters: none may be there already
     */
    Update(Training training, Parameters parameters, Gradients gradients, Buffers buffers, Set<Parameter> named,
            Set<Parameter> trained) {
        this.training = training;
        this.parameters = parameters;
        this.gradients = gradients;
        this.buffers = buffers;
        for (Parameters.State s : parameters.all()) {
            Parameter p = s.parameter();
            if (training.parameters().contains(p) && !gradients.has(p) && !p.statistic()) {
                throw new IllegalArgumentException("training '" + training.name() + "': its objective does not depend"
                        + " on '" + p.name() + "'");
            }
            if (gradients.has(p) && (training.parameters().isEmpty() ? !named.contains(p)
                    : training.parameters().contains(p))) {
                training.optimiser().begin(s);
                Gradients.OfRows rows = gradients.ofRows(s.parameter());
                states.add(rows == null ? s : someRows(s, rows));
            }
        }
        if (states.isEmpty() && named.isEmpty()) {
            throw new IllegalArgumentException("training '" + training.name() + "': its objective depends on no"
                    + " parameter");
        }
        if (states.isEmpty()) {
            throw new IllegalArgumentException("training '" + training.name() + "': other trainings of its objective"
                    + " name all that this depends on");
        }
        for (Parameters.State s : states) {
            if (!trained.add(s.parameter())) {
                throw new IllegalArgumentException("training '" + training.name() + "': another training of the step"
                        + " changes '" + s.parameter().name() + "' too");
            }
        }
    }

    Training training() {
        return training;
    }

    /** The rows are taken out, changed, and put back. */
    private Parameters.State someRows(Parameters.State whole, Gradients.OfRows rows) {
        Parameter p = whole.parameter();
        if (!gradients.launches(p).isEmpty()) {
            throw new IllegalArgumentException("'" + p.name() + "' has a gradient of some of its rows, and one of all");
        }
        Map<String, Matrix> slots = new LinkedHashMap<>();
        for (String slot : training.optimiser().slots()) {
            slots.put(slot, takenOut(p, slot, whole.slot(slot), rows));
        }
        Matrix gradient = buffers.get(p, "gradient of rows", "gradient of some rows of " + p.name(),
                rows.gradient().rows(), p.columns());
        ofRows.add(Rows.copy(rows.gradient(), gradient));
        return Parameters.State.ofRows(p, takenOut(p, "value", whole.value(), rows), gradient, slots);
    }

    private Matrix takenOut(Parameter p, String role, Matrix whole, Gradients.OfRows rows) {
        Matrix some = buffers.get(p, role + " of rows", role + " of some rows of " + p.name(), rows.gradient().rows(),
                p.columns());
        before.add(Rows.gather(whole, rows.rows(), some));
        after.add(Rows.scatter(some, rows.rows(), whole));
        return some;
    }

    /** One launch may be among those of several parameters. Of several trainings each has it: one may not be due. */
    private static void addNew(List<Launch> launches, List<Launch> own) {
        launches.stream().filter(launch -> !own.contains(launch)).forEach(own::add);
    }

    /** Whether the gradient of a parameter reads another one that is trained, so that it must not have changed yet. */
    boolean readsAnother(Set<Parameter> trained) {
        for (Parameters.State s : states) {
            Set<Storage> others = Collections.newSetFromMap(new IdentityHashMap<>());
            trained.stream().filter(p -> p != s.parameter()).forEach(p -> others.add(parameters.get(p).value()
                    .storage()));
            boolean[] reads = {false};
            gradients.launches(s.parameter()).forEach(launch -> launch.forEachAccess((storage, write) -> reads[0] |=
                    others.contains(storage)));
            if (reads[0]) {
                return true;
            }
        }
        return false;
    }

    /** All gradients of parameters now, before any of them changes. */
    void addGradients(List<Launch> all) {
        List<Launch> own = new ArrayList<>(ofRows);
        states.forEach(s -> addNew(gradients.launches(s.parameter()), own));
        all.addAll(own);
        computed = true;
    }

    /** The update, and the gradients if they are still to come: then each is followed while it is in the cache. */
    void addTo(List<Launch> all) {
        List<Launch> own = new ArrayList<>(before);
        if (!computed) {
            own.addAll(ofRows);
        }
        boolean clip = training.maximumGradientNorm() < Double.POSITIVE_INFINITY;
        Matrix scale = clip ? clip(own) : null;
        for (Parameters.State s : states) {
            if (!clip) {
                addGradient(s, own);
            }
            own.addAll(training.optimiser().update(s, scale));
        }
        own.addAll(after);
        all.addAll(own);
    }

    /** The gradient, if it is still to come, clipped by value. */
    private void addGradient(Parameters.State s, List<Launch> own) {
        if (!computed) {
            addNew(gradients.launches(s.parameter()), own);
        }
        if (training.maximumGradient() < Double.POSITIVE_INFINITY) {
            own.add(Clip.value((float) training.maximumGradient(), s.gradient(), s.gradient()));
        }
    }

    /** Gradients and the scale of their global norm; sums over rows come last, so that workers meet less often. */
    private Matrix clip(List<Launch> all) {
        Matrix squares = buffers.get(training, "squares", "squares of the gradients", 1, states.size());
        List<Launch> sums = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            Parameter parameter = states.get(i).parameter();
            Matrix gradient = states.get(i).gradient();
            Matrix sum = squares.columns(i, i + 1);
            addGradient(states.get(i), all);
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
