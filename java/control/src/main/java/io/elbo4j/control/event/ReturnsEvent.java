package io.elbo4j.control.event;

import jdk.jfr.Category;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Episodes are played to say what a policy is worth. */
@Name("io.elbo4j.Returns")
@Label("Returns")
@Category("elbo4j")
@StackTrace(false)
public final class ReturnsEvent extends jdk.jfr.Event {
    @Label("Environment")
    public String environment = "";
    @Label("Episodes")
    public int episodes;
    @Label("Mean")
    public double mean;
}
