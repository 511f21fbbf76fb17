package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Map;

/**
 * An evaluation of the agent of a seed: a line of metrics.jsonl.
 *
 * @param seconds that its steps have taken so far, and the evaluations
 * @param mean return of the episodes of evaluation
 * @param training returns of the episodes that have ended since the last line
 * @param losses of the last update
 */
record ControlPoint(long seed, long steps, long updates, double seconds, double mean, double standardError,
        List<Double> training, Map<String, Double> losses) {
    JsonObject json() {
        JsonObject o = new JsonObject();
        o.addProperty("seed", seed);
        o.addProperty("step", steps);
        o.addProperty("updates", updates);
        o.addProperty("seconds", Math.round(seconds * 10) / 10.0);
        o.addProperty("return", mean);
        o.add("standard_error", finite(standardError));
        JsonArray returns = new JsonArray();
        training.forEach(r -> returns.add(finite(r)));
        o.add("training_returns", returns);
        JsonObject each = new JsonObject();
        losses.forEach((name, loss) -> each.add(name, finite(loss)));
        o.add("losses", each);
        return o;
    }

    /** JSON has no other numbers. */
    private static com.google.gson.JsonElement finite(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
    }

    /** What is asked of a line of a run that goes on: not its training. */
    static ControlPoint of(JsonObject o) {
        return new ControlPoint(o.get("seed").getAsLong(), o.get("step").getAsLong(), o.get("updates").getAsLong(), o
                .get("seconds").getAsDouble(), o.get("return").getAsDouble(), o.get("standard_error").isJsonNull()
                        ? Double.NaN : o.get("standard_error").getAsDouble(), List.of(), Map.of());
    }
}
