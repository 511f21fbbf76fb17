package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.train.picture.Lines;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What agents came to, beside random actions and the best that is known.
 *
 * @param points in the order of seeds and steps
 */
record ControlReport(ControlPlan plan, Environment environment, double random, List<ControlPoint> points) {
    String text() {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "%s, %s: mean return of %d episodes; random actions %s", plan.agent(), environment.name(), plan
                        .episodes(), shown(random)));
        environment.ceiling().ifPresent(c -> text.append(", best known ").append(shown(c)));
        for (ControlPoint p : points) {
            text.append(String.format(Locale.ROOT, "%nseed %d  %,7d steps  %,7d updates  %8s%s", p.seed(), p
                    .steps(), p.updates(), shown(p.mean()), uncertainty(p.mean(), p.standardError())));
        }
        return text.toString();
    }

    /** Of a mean return; a single episode has none. */
    static String uncertainty(double mean, double standardError) {
        return Double.isNaN(standardError) ? "" : " +- " + String.format(Locale.ROOT, format(mean), standardError);
    }

    /** A mean return: those of some environments lie between 0 and 1. */
    static String shown(double mean) {
        return String.format(Locale.ROOT, format(mean), mean);
    }

    private static String format(double mean) {
        return Math.abs(mean) < 2 ? "%.3f" : "%.1f";
    }

    JsonObject json() {
        JsonObject o = new JsonObject();
        o.addProperty("agent", plan.agent());
        o.addProperty("environment", environment.name());
        o.addProperty("episodes", plan.episodes());
        o.addProperty("random", random);
        environment.ceiling().ifPresent(c -> o.addProperty("ceiling", c));
        JsonArray all = new JsonArray();
        points.forEach(p -> all.add(p.json()));
        o.add("points", all);
        return o;
    }

    List<Lines.Series> curves() {
        List<Lines.Series> curves = new ArrayList<>();
        double[] x = points.stream().mapToDouble(ControlPoint::steps).distinct().sorted().toArray();
        if (plan.seeds().size() > 1) {
            curves.add(new Lines.Series("mean of the seeds", x, Arrays.stream(x).map(step -> points.stream().filter(
                    p -> p.steps() == step).mapToDouble(ControlPoint::mean).average().orElseThrow()).toArray()));
        }
        for (long seed : plan.seeds()) {
            List<ControlPoint> own = points.stream().filter(p -> p.seed() == seed).toList();
            curves.add(new Lines.Series("seed " + seed, own.stream().mapToDouble(ControlPoint::steps).toArray(), own
                    .stream().mapToDouble(ControlPoint::mean).toArray()));
        }
        double[] ends = {x[0], x[x.length - 1]};
        environment.ceiling().ifPresent(c -> curves.add(new Lines.Series("best known", ends, new double[] {c, c})));
        curves.add(new Lines.Series("random actions", ends, new double[] {random, random}));
        return curves;
    }
}
