package io.elbo4j.train.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The training steps of an epoch, or those after a resumption, with what lies between them. */
@Name("io.elbo4j.Epoch")
@Label("Epoch")
@Category("elbo4j")
@StackTrace(false)
public final class EpochEvent extends jdk.jfr.Event {
    @Label("Epoch")
    @Description("Counted from 1")
    public long epoch;
    @Label("Step")
    @Description("How many are done or begun")
    public long step;
    @Label("Rows")
    @Description("Those of the epoch of which its steps are recorded")
    public int rows;
}
