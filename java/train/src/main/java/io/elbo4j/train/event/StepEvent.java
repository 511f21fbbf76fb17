package io.elbo4j.train.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A training step. On a device its duration is what it takes to begin it, or to wait for those before. */
@Name("io.elbo4j.Step")
@Label("Training step")
@Category("elbo4j")
@StackTrace(false)
public final class StepEvent extends jdk.jfr.Event {
    @Label("Step")
    @Description("How many are done or begun, this one too")
    public long step;
    @Label("Epoch")
    @Description("Epochs completed")
    public long epoch;
    @Label("Rows")
    public int rows;
}
