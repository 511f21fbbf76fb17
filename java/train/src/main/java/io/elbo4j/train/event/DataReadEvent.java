package io.elbo4j.train.event;

import jdk.jfr.Category;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Data is read or generated; of streamed data, looked through. */
@Name("io.elbo4j.DataRead")
@Label("Data read")
@Category("elbo4j")
@StackTrace(false)
public final class DataReadEvent extends jdk.jfr.Event {
    @Label("Data")
    public String data = "";
    @Label("Rows")
    public long rows;
    @Label("Columns")
    public long columns;
}
