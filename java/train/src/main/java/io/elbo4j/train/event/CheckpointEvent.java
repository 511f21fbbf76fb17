package io.elbo4j.train.event;

import jdk.jfr.Category;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A checkpoint is written. */
@Name("io.elbo4j.Checkpoint")
@Label("Checkpoint")
@Category("elbo4j")
@StackTrace(false)
public final class CheckpointEvent extends jdk.jfr.Event {
    @Label("File")
    public String file = "";
    @Label("Step")
    public long step;
}
