package io.elbo4j.control.world;

import io.elbo4j.Backend;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;

/**
 * What a {@link WorldModel} says of episodes that begin together: while it sees them, what it takes what is seen for,
 * and how much that is news to it; then, told what is done alone, what it expects. States are means, of q and of the
 * prior.
 */
public final class OpenLoop implements AutoCloseable {
    private final double rewardScale;
    private final WorldModel.Known known;
    private final Filter filter;
    private final Step expecting;
    private final Value before;
    private final Value action;
    private final Value state;
    private final Step saying;
    private final Value said;
    private final Value observation;
    private final Value reward;
    private boolean sees;

    /** @param rows episodes */
    public OpenLoop(WorldModel model, Parameters parameters, int rows, Backend backend) {
        this.rewardScale = model.settings().rewardScale();
        WorldModel.Filtering filtering = model.filtering();
        this.known = model.known(filtering);
        this.filter = new Filter(filtering, parameters, rows, backend, 0, known.prior().mean(), known.prior()
                .logVariance(), known.posterior().mean(), known.posterior().logVariance());
        Graph ahead = new Graph();
        this.before = ahead.input("state before", model.space().columns());
        this.action = ahead.input(WorldModel.ACTION, filter.action().columns());
        this.state = model.expect("expected", before, action);
        this.expecting = Step.of(ahead, parameters, backend).rows(rows).want(state).compile();
        Graph of = new Graph();
        this.said = of.input("state", model.space().columns());
        this.observation = model.observation(said);
        this.reward = model.reward(said);
        this.saying = Step.of(of, parameters, backend).rows(rows).want(observation, reward).compile();
    }

    /** Episodes begin. */
    public void begin() {
        filter.begin();
        sees = false;
    }

    /**
     * Sees what there is.
     *
     * @param observations rows of them
     */
    public void see(float[] observations) {
        filter.see(observations, 0);
        sees = true;
        say();
    }

    /** Is told what is done now, in [-1, 1], and {@linkplain #see sees} next what has come of it. */
    public void did(float[] actions) {
        filter.did(actions);
    }

    /** Is told what is done now, in [-1, 1], and expects what comes of it. */
    public void expect(float[] actions) {
        Rows.copy(filter.before(), expecting.value(before)).run();
        expecting.value(action).set(actions);
        expecting.run(0);
        Rows.copy(expecting.value(state), filter.before()).run();
        sees = false;
        say();
    }

    private void say() {
        Rows.copy(filter.before(), saying.value(said)).run();
        saying.run(0);
    }

    /** Rows of the means of p(o | s), of the state of now. */
    public float[] observations() {
        return saying.value(observation).toArray();
    }

    /** The means of p(r | s), the reward that has come with it, of each row. */
    public float[] rewards() {
        float[] rewards = saying.value(reward).toArray();
        for (int i = 0; i < rewards.length; i++) {
            rewards[i] *= (float) rewardScale;
        }
        return rewards;
    }

    /**
     * How much what is seen now has changed what is known of each row, in nats, of s_t-1 the mean that it has been
     * taken for:
     *
     * <pre>
     *   KL(q(s_t | s_t-1, a_t-1, o_t) || p(s_t | s_t-1, a_t-1))
     * </pre>
     *
     * @return 0 where nothing is seen, as after {@link #expect}
     */
    public double[] kl() {
        double[] sums = new double[(int) filter.before().rows()];
        if (!sees) {
            return sums;
        }
        float[] priorMean = filter.value(known.prior().mean()).toArray();
        float[] priorLog = filter.value(known.prior().logVariance()).toArray();
        float[] mean = filter.value(known.posterior().mean()).toArray();
        float[] log = filter.value(known.posterior().logVariance()).toArray();
        int latent = mean.length / sums.length;
        for (int i = 0; i < mean.length; i++) {
            double distance = (double) mean[i] - priorMean[i];
            double ratio = Math.exp((double) log[i] - priorLog[i]);
            sums[i / latent] += (ratio - 1 - ((double) log[i] - priorLog[i]) + distance * distance / Math.exp(
                    priorLog[i])) / 2;
        }
        return sums;
    }

    @Override
    public void close() {
        saying.close();
        expecting.close();
        filter.close();
    }
}
