package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.elbo4j.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Supplier;

/** What commands that compare several ways have in common: a row for each, some numbers of which it may not have. */
final class Comparisons {
    private Comparisons() {}

    /** Goes all ways, and says how far it is. */
    static <R> List<R> run(Console console, String name, List<Supplier<R>> ways) {
        return Bar.during(console, name, bar -> {
            List<R> done = new ArrayList<>();
            for (Supplier<R> way : ways) {
                done.add(way.get());
                bar.at(done.size(), ways.size());
            }
            return done;
        });
    }

    /** A hyphen where there is none. */
    static String number(String format, OptionalDouble of) {
        return of.isPresent() ? String.format(Locale.ROOT, format, of.getAsDouble()) : "-";
    }

    /** Null where there is none, and in words where JSON has no such number. */
    static JsonElement json(OptionalDouble of) {
        if (of.isEmpty()) {
            return JsonNull.INSTANCE;
        }
        double number = of.getAsDouble();
        return Double.isFinite(number) ? new JsonPrimitive(number) : new JsonPrimitive(String.valueOf(number));
    }

    /** Says why chains that never moved have an infinite R-hat. */
    static void noteStill(Console console, String chains, OptionalDouble acceptanceRate, String option) {
        if (acceptanceRate.orElse(1) == 0) {
            console.err().println("note: no proposal of " + chains + " was accepted, its chains stood still: a smaller "
                    + option + " is expected");
        }
    }

    /** An object that holds the rows, under a name. */
    static <R> JsonObject json(String name, List<R> rows, Function<R, JsonObject> row, Backend b) {
        JsonArray each = new JsonArray();
        rows.forEach(r -> each.add(row.apply(r)));
        JsonObject o = new JsonObject();
        o.add(name, each);
        o.addProperty("backend", b.name());
        o.addProperty("threads", b.threads());
        return o;
    }
}
