package io.elbo4j.train.run;

import io.elbo4j.Quoted;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How often a run saves itself on its way: in minutes, 10min, or in training steps, 500steps. */
public record CheckpointEvery(long count, Unit unit) {
    public enum Unit {
        MINUTES("min"), STEPS("steps");

        private final String suffix;

        Unit(String suffix) {
            this.suffix = suffix;
        }
    }

    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(min|steps?)");

    /** @throws IllegalArgumentException if the count is below 1 */
    public CheckpointEvery {
        if (count < 1) {
            throw new IllegalArgumentException("expected at least 1, not " + count);
        }
    }

    /** @throws IllegalArgumentException if the text is in neither form */
    public static CheckpointEvery of(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("expected minutes or steps, as 10min or 500steps, not "
                    + Quoted.of(text));
        }
        return new CheckpointEvery(Long.parseLong(m.group(1)), m.group(2).equals("min") ? Unit.MINUTES : Unit.STEPS);
    }

    @Override
    public String toString() {
        return count + unit.suffix;
    }
}
