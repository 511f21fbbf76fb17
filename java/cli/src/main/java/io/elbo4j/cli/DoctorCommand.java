package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.Backends;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "doctor",
        description = "Says which backends are available here, or why not, and what they run on.")
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    private final Console console;

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        JsonArray backends = new JsonArray();
        StringBuilder text = new StringBuilder();
        for (Backends.Status s : Backends.statuses()) {
            JsonObject o = new JsonObject();
            o.addProperty("name", s.name());
            o.addProperty("available", s.available());
            o.addProperty("detail", s.detail());
            backends.add(o);
            text.append(String.format("%-8s %s%s%n", s.name(), s.available() ? "" : "not available: ",
                    s.detail()));
        }
        int threads = Runtime.getRuntime().availableProcessors();
        long heap = Runtime.getRuntime().maxMemory() >> 20;
        String java = System.getProperty("java.version") + ", " + System.getProperty("java.vm.name") + " ("
                + System.getProperty("java.vendor") + ")";
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        JsonObject o = new JsonObject();
        o.add("backends", backends);
        o.addProperty("threads", threads);
        o.addProperty("heap_megabytes", heap);
        o.addProperty("java", java);
        o.addProperty("system", system);
        text.append(String.format("threads  %d%nmemory   %,d MB of Java heap%njava     %s%nsystem   %s", threads,
                heap, java, system));
        output.result(console, o, text.toString());
        return 0;
    }
}
