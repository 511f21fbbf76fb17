package io.elbo4j.train.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DSeparationTest {
    @Test
    void theSprinklerAndTheRain() {
        BayesianNetwork n = VariableEliminationTest.sprinkler();
        assertFalse(DSeparation.separated(n, "sprinkler", "rain", Set.of()));
        assertTrue(DSeparation.separated(n, "sprinkler", "rain", Set.of("cloudy")));
        assertFalse(DSeparation.separated(n, "sprinkler", "rain", Set.of("cloudy", "wet")));
        assertTrue(DSeparation.separated(n, "cloudy", "wet", Set.of("sprinkler", "rain")));
        assertEquals(Set.of("sprinkler", "wet"), DSeparation.reachable(n, "sprinkler", Set.of("cloudy")));
    }

    /** The largest |p(x, y, z) p(z) - p(x, z) p(y, z)| / p(z)^2: 0 where x and y are independent given z. */
    private static double dependence(RandomNetwork r, int x, int y, int[] z) {
        double most = 0;
        int[] xz = IntStream.concat(IntStream.of(x), IntStream.of(z)).toArray();
        int[] yz = IntStream.concat(IntStream.of(y), IntStream.of(z)).toArray();
        int[] xyz = IntStream.concat(IntStream.of(x), IntStream.of(yz)).toArray();
        for (int i = 0; i < r.joint().length; i++) {
            int[] at = RandomNetwork.assignment(r.states(), i);
            double given = r.probability(at, z);
            most = Math.max(most, Math.abs(r.probability(at, xyz) * given - r.probability(at, xz) * r.probability(at,
                    yz)) / (given * given));
        }
        return most;
    }

    /** Separated variables are independent, and others are not, but for tables that a random one is not. */
    @Test
    void separatedIsIndependent() {
        SplittableRandom random = new SplittableRandom(6);
        double dependent = 1;
        double independent = 0;
        int separated = 0;
        int questions = 0;
        for (int trial = 0; trial < 1000; trial++) {
            int size = 5 + trial % 2;
            RandomNetwork r = RandomNetwork.of(random, size, 2);
            for (int question = 0; question < 10; question++) {
                int[] shuffled = random.ints(0, size).distinct().limit(size).toArray();
                int[] z = IntStream.range(2, 2 + random.nextInt(size - 1)).map(i -> shuffled[i]).toArray();
                Set<String> observed = new HashSet<>();
                IntStream.of(z).forEach(v -> observed.add("x" + v));
                double found = dependence(r, shuffled[0], shuffled[1], z);
                questions++;
                if (DSeparation.separated(r.network(), "x" + shuffled[0], "x" + shuffled[1], observed)) {
                    separated++;
                    independent = Math.max(independent, found);
                } else {
                    dependent = Math.min(dependent, found);
                }
            }
        }
        System.out.printf("seed 6: %d of %d separated, dependence at most %.1e; of the others at least %.1e%n",
                separated, questions, independent, dependent);
        assertTrue(separated > questions / 10 && separated < questions * 9 / 10);
        assertTrue(independent < 1e-12);
        assertTrue(dependent > 1e-9);
    }

    @Test
    void whatCannotBeAskedIsRefused() {
        BayesianNetwork n = VariableEliminationTest.sprinkler();
        assertEquals("y must be another variable than x, not 'wet'", assertThrows(IllegalArgumentException.class,
                () -> DSeparation.separated(n, "wet", "wet", Set.of())).getMessage());
        assertEquals("observed must be neither x nor y, not [wet]", assertThrows(IllegalArgumentException.class,
                () -> DSeparation.separated(n, "wet", "rain", Set.of("wet"))).getMessage());
        for (String[] names : new String[][] {{"snow", "wet"}, {"wet", "snow"}}) {
            assertEquals("a variable must be one of [cloudy, sprinkler, rain, wet], not 'snow'", assertThrows(
                    IllegalArgumentException.class, () -> DSeparation.separated(n, names[0], names[1], Set.of()))
                    .getMessage());
        }
    }
}
