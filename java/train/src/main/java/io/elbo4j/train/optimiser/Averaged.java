package io.elbo4j.train.optimiser;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.MovingAverage;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Optimiser;
import io.elbo4j.train.graph.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Another optimiser, and beside each parameter the exponential moving average of its values (Polyak and Juditsky 1992;
 * Karras et al. 2018), which training does not read and evaluations may take instead:
 *
 * <pre>
 *   average = decay average + (1 - decay) parameter      after each step; at first the parameter's initial value
 * </pre>
 *
 * Of {@link io.elbo4j.train.layer.LearnedRows} the rows of a step alone move, as they do themselves.
 */
public final class Averaged implements Optimiser {
    /** The name of what it keeps for each parameter, beside what the other optimiser keeps. */
    public static final String SLOT = "average";

    private final Optimiser of;
    private final double decay;

    /** @param decay the share of the average that stays, above 0 and below 1, also as a float32 */
    public Averaged(Optimiser of, double decay) {
        this.of = Objects.requireNonNull(of, "of");
        require(decay > 0 && decay < 1 && (float) (1 - decay) < 1, "decay", "above 0 and below 1, also as a float32",
                decay);
        this.decay = decay;
    }

    @Override
    public List<String> slots() {
        List<String> slots = new ArrayList<>(of.slots());
        slots.add(SLOT);
        return slots;
    }

    @Override
    public void begin(Parameters.State state) {
        of.begin(state);
        if (!state.slots().containsKey(SLOT)) {
            Rows.copy(state.value(), state.slot(SLOT)).run();
        }
    }

    @Override
    public List<Launch> update(Parameters.State state, @Nullable Matrix scale) {
        List<Launch> launches = new ArrayList<>(of.update(state, scale));
        launches.add(MovingAverage.update(state.value(), decay, state.slot(SLOT)));
        return launches;
    }

    @Override
    public Optimiser counting() {
        return of.counting();
    }

    @Override
    public void at(long step) {
        of.at(step);
    }
}
