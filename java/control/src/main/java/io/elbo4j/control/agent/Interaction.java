package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.control.environment.Space;
import io.elbo4j.control.environment.StepResult;
import io.elbo4j.control.environment.VectorEnvironment;

/** An agent in one copy of an environment: it acts, remembers and learns. */
public final class Interaction {
    private final Agent agent;
    private final VectorEnvironment environment;
    private final StepResult result;
    private final float[] seen;
    private final float[] action;
    private boolean running;
    private long steps;

    /** @throws io.elbo4j.ArgumentException if the environment has more than one copy, or other spaces than the agent */
    public Interaction(Agent agent, VectorEnvironment environment) {
        requireGiven("agent", agent);
        requireGiven("environment", environment);
        require(environment.rows() == 1, "environment", "one copy", environment.rows());
        if (agent instanceof SavableAgent known) {
            same("observations", known.observations(), environment.observations());
            same("actions", known.actions(), environment.actions());
        }
        this.agent = agent;
        this.environment = environment;
        this.result = StepResult.of(environment);
        this.seen = new float[environment.observations().columns()];
        this.action = new float[environment.actions().columns()];
    }

    private static void same(String what, Space ofAgent, Space ofEnvironment) {
        require(AgentState.StoredSpace.of(ofAgent).equals(AgentState.StoredSpace.of(ofEnvironment)),
                "the environment's " + what, "the agent's, " + ofAgent, ofEnvironment);
    }

    /** That of the last step. */
    float reward() {
        return result.rewards()[0];
    }

    /** Whether the episode of the last step goes on. */
    boolean isRunning() {
        return running;
    }

    /** Goes on in the middle of an episode, or after one. */
    void goOn(float[] observation, boolean within) {
        System.arraycopy(observation, 0, result.observations(), 0, observation.length);
        running = within;
    }

    /** Takes a step of the environment; an episode that has ended is followed by the next. */
    public void step() {
        if (!running) {
            environment.reset(new boolean[] {true}, result.observations());
            agent.begin();
        }
        System.arraycopy(result.observations(), 0, seen, 0, seen.length);
        agent.explore(seen, action);
        environment.step(action, result);
        Given.finite("the environment's reward", result.rewards()[0]);
        Given.element("the environment's observation", environment.observations(), result.observations());
        agent.remember(seen, action, result.rewards()[0], result.terminated()[0], result.observations());
        running = !result.terminated()[0] && !result.truncated()[0];
        agent.learn();
        steps++;
    }

    /** Steps that were taken, those of exploration at random among them. */
    public long steps() {
        return steps;
    }
}
