package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What was found of one policy and seed.
 *
 * @param way in which it acts, where there are several; else ""
 */
record ImitationLine(String policy, String way, long seed, Map<Number, Double> numbers) {
    /** In the order of the columns. */
    enum Number {
        SUCCESS("success", "success", 8, 3), WITHIN_30("within_30", "30 steps", 8, 3), ABOVE("above", "above", 6, 2),
        STALLED("stalled", "stalled", 7, 2), LOG_LIKELIHOOD("log_likelihood", "log p", 8, 3),
        ERROR("error", "error", 8, 3), KL("kl", "KL", 7, 3);

        private final String key;
        private final String heading;
        private final int width;
        private final int digits;

        Number(String key, String heading, int width, int digits) {
            this.key = key;
            this.heading = heading;
            this.width = width;
            this.digits = digits;
        }

        String key() {
            return key;
        }
    }

    ImitationLine {
        numbers = new EnumMap<>(numbers);
    }

    String name() {
        return way.isEmpty() ? policy : policy + " " + way;
    }

    /** Columns of what any of them has. */
    static String table(List<ImitationLine> lines) {
        List<Number> columns = Stream.of(Number.values()).filter(n -> lines.stream().anyMatch(l -> l.numbers
                .containsKey(n))).toList();
        int names = Math.max(18, lines.stream().mapToInt(l -> l.name().length()).max().orElse(0));
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-" + names + "s %6s", "", "seed"));
        columns.forEach(n -> text.append(String.format(Locale.ROOT, " %" + n.width + "s", n.heading)));
        for (ImitationLine line : lines) {
            text.append(String.format(Locale.ROOT, "%n%-" + names + "s %6d", line.name(), line.seed));
            for (Number n : columns) {
                Double number = line.numbers.get(n);
                text.append(number == null ? " ".repeat(n.width) + "-" : String.format(Locale.ROOT, " %" + n.width + "."
                        + n.digits + "f", number));
            }
        }
        return text.toString();
    }

    static JsonArray json(List<ImitationLine> lines) {
        JsonArray all = new JsonArray();
        for (ImitationLine line : lines) {
            JsonObject each = new JsonObject();
            each.addProperty("policy", line.policy);
            if (!line.way.isEmpty()) {
                each.addProperty("way", line.way);
            }
            each.addProperty("seed", line.seed);
            line.numbers.forEach((n, number) -> each.addProperty(n.key, number));
            all.add(each);
        }
        return all;
    }
}
