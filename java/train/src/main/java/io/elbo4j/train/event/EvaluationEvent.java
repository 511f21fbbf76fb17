package io.elbo4j.train.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The evaluation of a run, mostly at the end of an epoch. In nats per row. */
@Name("io.elbo4j.Evaluation")
@Label("Evaluation")
@Category("elbo4j")
@StackTrace(false)
public final class EvaluationEvent extends jdk.jfr.Event {
    @Label("Epoch")
    @Description("Counted from 1")
    public long epoch;
    @Label("Step")
    public long step;
    @Label("Training ELBO")
    public double trainingElbo;
    @Label("ELBO")
    @Description("Of the test or validation set")
    public double elbo;
    @Label("KL")
    @Description("Of the test or validation set")
    public double kl;
}
