package io.elbo4j.control.event;

import jdk.jfr.Category;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** An agent is saved. */
@Name("io.elbo4j.AgentCheckpoint")
@Label("Agent's checkpoint")
@Category("elbo4j")
@StackTrace(false)
public final class AgentCheckpointEvent extends jdk.jfr.Event {
    @Label("File")
    public String file = "";
    @Label("Step")
    public long step;
}
