package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.Quoted;
import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Settings;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "models", sortOptions = false,
        description = "Lists the models that --model takes, or the options of one; those of jars on the class path,"
                + " too.")
final class ModelsCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "a model, to list its options")
    private String name;
    @Mixin
    private OutputOptions output;

    private final Console console;

    ModelsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<ModelKind<?>> kinds = Models.all().stream().filter(kind -> name == null || kind.name().equals(name))
                .toList();
        if (kinds.isEmpty()) {
            throw Failure.usage("there is no model " + Quoted.of(name) + "; there are " + Models.names()
                    + Suggestions.of(name, Models.all().stream().map(ModelKind::name).toList()));
        }
        JsonArray all = new JsonArray();
        List<String> lines = new ArrayList<>();
        int width = kinds.stream().mapToInt(kind -> kind.name().length()).max().orElse(0);
        for (ModelKind<?> kind : kinds) {
            JsonObject o = new JsonObject();
            o.addProperty("name", kind.name());
            o.addProperty("description", kind.description());
            lines.add(String.format("%-" + width + "s  %s", kind.name(), kind.description()));
            JsonObject options = new JsonObject();
            for (RecordComponent c : Settings.options(kind.settings())) {
                String[] about = ModelOptions.describe(kind, c);
                options.addProperty(Names.option(c.getName()), String.join("; ", about));
                if (name != null) {
                    lines.add("  " + SettingValue.usage(c));
                    List.of(about).forEach(line -> lines.add("      " + line));
                }
            }
            o.add("options", options);
            all.add(o);
        }
        output.result(console, all, String.join(System.lineSeparator(), lines));
        return 0;
    }
}
