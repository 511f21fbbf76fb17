package io.elbo4j.control.dynamics;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.control.environment.Reward;
import io.elbo4j.control.environment.Space;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.layer.SumOver;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where plans lead in learned {@link Dynamics}: one particle for each member, which keeps its member and draws its
 * noise anew at each step (Chua et al. 2018, PETS, TS-infinity). With E members, and m_i(t) what member i expects at
 * step t,
 *
 * <pre>
 *   returns       mean over i of the sum over t of r_i(t)
 *   disagreement  sum over t and the columns of  1/E sum over i of (m_i(t) - mean over j of m_j(t))^2
 * </pre>
 *
 * <p>Where the means disagree there is something that the members do not know (the variance of Pathak et al. 2019,
 * which is sought there). To subtract it from what a plan is worth, as Yu et al. 2020 (MOPO) do with another measure,
 * keeps away from it.
 *
 * @param returns one column, of each plan
 * @param disagreement one column, in the squared units of the observation
 */
public record Rollout(Value returns, Value disagreement) {
    /**
     * Follows plans.
     *
     * @param reward of the environment; empty if the model has learned it
     * @param plans rows of as many actions as the horizon, each in [-1, 1]
     */
    public static Rollout of(Dynamics model, Optional<Reward> reward, Space.Box actions, Value start, Value plans) {
        long acts = actions.columns();
        require(plans.columns() % acts == 0, "plans", "a multiple of " + acts + " columns", plans.columns());
        Value state = start;
        Value returns = null;
        Value disagreement = null;
        for (int t = 0; t < plans.columns() / acts; t++) {
            Value action = Slice.of("action " + t, plans, t * acts, (t + 1) * acts);
            Dynamics.Outcome outcome = model.step("noise " + t, state, action);
            Value next = model.next("next " + t, outcome.drawn());
            Value gained = reward.isPresent() ? reward.get().of(state, outside(actions, action), next) : model.reward(
                    "reward " + t, outcome.drawn());
            returns = returns == null ? gained : Add.of(returns, gained);
            Value variance = variance(outcome.expected());
            disagreement = disagreement == null ? variance : Add.of(disagreement, variance);
            state = next;
        }
        return new Rollout(mean(returns), disagreement);
    }

    /** What plans are worth to one who is so pessimistic; 0 leaves the returns as they are. */
    public Value worth(double pessimism) {
        return pessimism == 0 ? returns : Subtract.of(returns, Scale.of(disagreement, (float) pessimism, 0));
    }

    private static Value mean(Value x) {
        // a reward of the action alone is the same for all members
        return !x.rows().has(Axis.MEMBER) ? x : Scale.of(SumOver.of(x, Axis.MEMBER), 1f / x.graph().size(Axis.MEMBER)
                .getAsLong(), 0);
    }

    private static Value variance(Value x) {
        return mean(RowSum.of(Activate.of(Subtract.of(x, mean(x)), Activation.SQUARE)));
    }

    private static Value outside(Space.Box actions, Value action) {
        float[] middle = new float[actions.columns()];
        float[] half = new float[actions.columns()];
        float[] ones = new float[actions.columns()];
        Arrays.fill(ones, 1);
        actions.unscale(middle.clone(), 0, middle);
        actions.unscale(ones, 0, half);
        for (int i = 0; i < half.length; i++) {
            half[i] -= middle[i];
        }
        return Add.of(Multiply.of(action, ConstantRow.of(action.graph(), action.graph().freeName("half of the box"),
                half)), ConstantRow.of(action.graph(), action.graph().freeName("middle of the box"), middle));
    }
}
