package io.elbo4j.control.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** An agent decides, its environment takes a step, and the agent learns. */
@Name("io.elbo4j.AgentStep")
@Label("Agent's step")
@Category("elbo4j")
@StackTrace(false)
public final class AgentStepEvent extends jdk.jfr.Event {
    @Label("Step")
    @Description("Of the agent's life, this one too")
    public long step;
    @Label("Updates")
    @Description("Of its parameters so far")
    public long updates;
    @Label("Reward")
    public double reward;
}
