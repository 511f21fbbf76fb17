package io.elbo4j.train.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class RulerTest {
    @Test
    void tickSteps() {
        double[][] cases = {
                {1, 1}, {1.1, 2}, {2, 2}, {3, 5}, {6, 10}, {0.03, 0.05}, {700, 1000}, {0, 1}, {Double.NaN, 1}};
        for (double[] c : cases) {
            assertEquals(c[1], Ruler.tickStep(c[0]), 1e-15 * c[1]);
        }
    }

    private static List<String> labels(Ruler ruler) {
        return ruler.ticks().stream().map(Ruler.Tick::label).toList();
    }

    @Test
    void aLinearRulerHasATickAboveAndBelow() {
        Ruler ruler = Ruler.linear(DoubleStream.of(1, Double.NaN, 6.5, Double.POSITIVE_INFINITY));
        assertEquals(List.of("0", "1", "2", "3", "4", "5", "6", "7"), labels(ruler));
        assertEquals(0, ruler.share(0));
        assertEquals(0.5, ruler.share(3.5));
        assertEquals(1, ruler.share(7));
    }

    @Test
    void aWidenedRulerHasItsMiddleAndNoTickOutside() {
        Ruler ruler = Ruler.linear(DoubleStream.of(0.2, 0.8)).widened(6.6);
        assertEquals(0.5, ruler.share(0.5), 1e-12);
        assertEquals(6.6, ruler.highest() - ruler.lowest(), 1e-12);
        assertEquals(List.of("-2", "0", "2"), labels(ruler));
    }

    @Test
    void aLogarithmicRulerHasPowersOfTen() {
        Ruler wide = Ruler.logarithmic(DoubleStream.of(0.5, 3e6, -1, 0, Double.NaN, Double.POSITIVE_INFINITY));
        assertEquals(List.of("1", "10", "100", "1000", "10000", "1e5", "1e6"), labels(wide));
        Ruler narrow = Ruler.logarithmic(DoubleStream.of(1, 16));
        assertEquals(List.of("1", "2", "5", "10"), labels(narrow));
        assertEquals(0.5, narrow.share(4), 1e-12);
        assertTrue(Double.isNaN(narrow.share(0)) && Double.isNaN(narrow.share(-1)));
    }

    @Test
    void fewValuesAreTheTicks() {
        assertEquals(List.of("1", "4", "16"), labels(Ruler.at(DoubleStream.of(4, 1, 16, 4, -1, Double.NaN))));
        assertEquals(labels(Ruler.logarithmic(DoubleStream.of(1, 9))), labels(Ruler.at(DoubleStream.iterate(1, v -> v
                + 1).limit(9))));
        assertTrue(Ruler.at(DoubleStream.empty()).highest() > 0);
    }

    @Test
    void nothingToShowHasARulerToo() {
        for (Ruler ruler : List.of(Ruler.linear(DoubleStream.empty()), Ruler.logarithmic(DoubleStream.empty()),
                Ruler.logarithmic(DoubleStream.of(Double.MIN_VALUE, Double.MAX_VALUE)))) {
            assertTrue(ruler.highest() > ruler.lowest());
            assertTrue(ruler.ticks().size() < 30);
        }
    }
}
