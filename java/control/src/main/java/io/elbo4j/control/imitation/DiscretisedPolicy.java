package io.elbo4j.control.imitation;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.control.network.Counts;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.distribution.LogDensity;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.GumbelNoise;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Spread;
import io.elbo4j.train.layer.UniformNoise;
import java.util.List;

/**
 * Each column of the action in bins of one width w (Metz et al. 2017, Discrete sequential prediction of continuous
 * actions), uniform inside a bin. With b_d the bin of column d, each factor a network of its own,
 *
 * <pre>
 *   log p(a | s) = sum over d of  log p(b_d | s, b_1, ..., b_d-1) - log w
 * </pre>
 *
 * <p>or, with independent columns, log p(b_d | s). An action beyond the bins is in the outermost one.
 *
 * @param bins of each column, from 2 to 100,000
 * @param low where the first one begins
 * @param high where the last one ends, above low
 * @param independent whether a column does not see those before it
 */
public record DiscretisedPolicy(int bins, double low, double high, boolean independent) implements ActionModel {
    public DiscretisedPolicy {
        require(bins >= 2, "bins", "at least 2", bins);
        requireCount("bins", bins, Counts.UNITS);
        require(Double.isFinite(low), "low", "finite", low);
        require(high > low && Double.isFinite(high), "high", "finite and above low, " + low, high);
    }

    private double width() {
        return (high - low) / bins;
    }

    @Override
    public Value of(Value observation, Value action, List<Integer> widths) {
        Graph graph = observation.graph();
        Value centres = ConstantRow.of(graph, "centres", row(1, 0));
        Value shown = observation; // and the centres of the bins that were shown so far
        Value drawn = observation;
        Value done = null;
        for (int d = 0; d < action.columns(); d++) {
            String name = "column." + d;
            Network network = new Network(name, shown.columns(), widths, bins);
            Value bin = bin(Slice.of("action, " + name, action, d, d + 1), d);
            Value log = LogDensity.of("bin of " + name, new Categorical(network.apply(shown)), bin);
            ValueTerm.of(name + " | observation", Term.Role.LOG_LIKELIHOOD, Scale.of(log, 1, (float) -Math.log(
                    width())));

            Value gumbel = GumbelNoise.of(graph, "noise of the bin of " + name, observation.rows(), bins);
            Value chosen = OneHot.of(Add.of(network.apply(drawn), gumbel));
            Value inside = UniformNoise.of(graph, "noise inside the bin of " + name, observation.rows(), 1);
            Value centre = RowSum.of(Multiply.of(chosen, centres));
            Value a = Add.of(centre, Scale.of(inside, (float) width(), (float) (-width() / 2)));
            done = done == null ? a : Concatenate.of("action up to " + name, done, a);
            if (!independent) {
                shown = Concatenate.of("seen and shown up to " + name, shown, RowSum.of(Multiply.of(bin,
                        centres)));
                drawn = Concatenate.of("seen and drawn up to " + name, drawn, centre);
            }
        }
        return done;
    }

    /** 1 in the column of the nearest centre c: where (a - c)^2 is least, and so 2 a c - c^2 most. */
    private Value bin(Value a, int d) {
        Value twice = ConstantRow.of(a.graph(), "slopes of column " + d, row(2, 0));
        Value squares = ConstantRow.of(a.graph(), "offsets of column " + d, row(0, -1));
        return OneHot.of(Add.of(Multiply.of(Spread.of(a, bins), twice), squares));
    }

    /** factor c + ofSquare c^2 of the centre c of each bin. */
    private float[] row(double factor, double ofSquare) {
        float[] row = new float[bins];
        for (int b = 0; b < bins; b++) {
            double c = low + (b + 0.5) * width();
            row[b] = (float) (factor * c + ofSquare * c * c);
        }
        return row;
    }
}
