package io.elbo4j.train.picture;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** The values along one side of a plot, from lowest to highest, and those that are written beside it. */
record Ruler(double lowest, double highest, boolean logarithmic, List<Tick> ticks) {
    private static final double LEAST_LOG_RANGE = 1.05;
    private static final int MOST_VALUES = 8;
    /** How far outside a tick may be by rounding, in steps. */
    private static final double INSIDE = 1e-3;

    record Tick(double at, String label) {}

    /** Has all that is finite inside, with a tick above and below, also where all are equal. */
    static Ruler linear(DoubleStream values) {
        double[] finite = values.filter(Double::isFinite).toArray();
        double lowest = DoubleStream.of(finite).min().orElse(0);
        double highest = DoubleStream.of(finite).max().orElse(1);
        // Relative to the values as well, so that rounding noise is not stretched over the picture.
        double size = Math.max(Math.abs(lowest), Math.abs(highest));
        double step = highest > lowest ? tickStep(Math.max((highest - lowest) / 6, 1e-6 * size)) : 1;
        lowest = Math.floor(lowest / step - 0.1) * step;
        highest = Math.ceil(highest / step + 0.1) * step;
        return linear(lowest, highest, step);
    }

    /** The same, with this range around the same middle, at least its own. */
    Ruler widened(double range) {
        double middle = (lowest + highest) / 2;
        return linear(middle - range / 2, middle + range / 2, tickStep(range / 6));
    }

    private static Ruler linear(double lowest, double highest, double step) {
        List<Tick> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(lowest / step - INSIDE); i <= Math.floor(highest / step + INSIDE); i++) {
            ticks.add(new Tick(i * step, plain(BigDecimal.valueOf(i).multiply(BigDecimal.valueOf(step)))));
        }
        return new Ruler(lowest, highest, false, ticks);
    }

    /** The same with a tick at each of the values, if they are few. */
    static Ruler at(DoubleStream values) {
        double[] each = values.filter(v -> v > 0 && Double.isFinite(v)).distinct().sorted().toArray();
        Ruler ruler = logarithmic(DoubleStream.of(each));
        return each.length == 0 || each.length > MOST_VALUES ? ruler : new Ruler(ruler.lowest, ruler.highest, true,
                DoubleStream.of(each).mapToObj(v -> new Tick(v, plain(BigDecimal.valueOf(v)))).toList());
    }

    /** Has all that is finite and above 0 inside. */
    static Ruler logarithmic(DoubleStream values) {
        double[] positive = values.filter(v -> v > 0 && Double.isFinite(v)).toArray();
        double lowest = Math.max(Double.MIN_VALUE, DoubleStream.of(positive).min().orElse(1) / LEAST_LOG_RANGE);
        double highest = Math.min(Double.MAX_VALUE, DoubleStream.of(positive).max().orElse(1) * LEAST_LOG_RANGE);
        int first = (int) Math.floor(StrictMath.log10(lowest));
        int last = (int) Math.ceil(StrictMath.log10(highest));
        int decades = last - first;
        List<Tick> ticks = new ArrayList<>();
        for (int decade = first; decade <= last; decade += Math.max(1, decades / 8)) {
            for (int digit : decades <= 3 ? new int[] {1, 2, 5} : new int[] {1}) {
                BigDecimal value = BigDecimal.valueOf(digit).scaleByPowerOfTen(decade);
                if (value.doubleValue() >= lowest && value.doubleValue() <= highest) {
                    ticks.add(new Tick(value.doubleValue(), Math.abs(decade) < 5 ? plain(value) : digit + "e"
                            + decade));
                }
            }
        }
        return new Ruler(lowest, highest, true, ticks);
    }

    /** The smallest of 1, 2, 5 times a power of ten that is not below {@code atLeast}. */
    static double tickStep(double atLeast) {
        if (!(atLeast > 0)) {
            return 1;
        }
        double power = StrictMath.pow(10, Math.floor(StrictMath.log10(atLeast)));
        double ratio = atLeast / power;
        return (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10) * power;
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }

    /** Where a value is on the way from the lowest to the highest, 0 to 1; NaN where the ruler has no place for it. */
    double share(double value) {
        if (logarithmic) {
            double low = StrictMath.log(lowest);
            return value > 0 ? (StrictMath.log(value) - low) / (StrictMath.log(highest) - low) : Double.NaN;
        }
        return (value - lowest) / (highest - lowest);
    }
}
