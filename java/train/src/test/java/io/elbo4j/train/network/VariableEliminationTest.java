package io.elbo4j.train.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VariableEliminationTest {
    /** Murphy 1998, A brief introduction to graphical models and Bayesian networks: his numbers. */
    static BayesianNetwork sprinkler() {
        return new BayesianNetwork().add("cloudy", 2, List.of(), 0.5, 0.5)
                .add("sprinkler", 2, List.of("cloudy"), 0.5, 0.5, 0.9, 0.1)
                .add("rain", 2, List.of("cloudy"), 0.8, 0.2, 0.2, 0.8)
                .add("wet", 2, List.of("sprinkler", "rain"), 1, 0, 0.1, 0.9, 0.1, 0.9, 0.01, 0.99);
    }

    private static double yes(BayesianNetwork network, String of, Map<String, Integer> observed) {
        return VariableElimination.posterior(network, List.of(of), observed)[1];
    }

    @Test
    void theSprinklerAsMurphyHasIt() {
        BayesianNetwork network = sprinkler();
        assertEquals(0.6471, yes(network, "wet", Map.of()), 5e-5);
        assertEquals(0.4298, yes(network, "sprinkler", Map.of("wet", 1)), 5e-5);
        assertEquals(0.7079, yes(network, "rain", Map.of("wet", 1)), 5e-5);
        // explained away
        assertEquals(0.1945, yes(network, "sprinkler", Map.of("wet", 1, "rain", 1)), 5e-5);
    }

    /** Russell and Norvig, Artificial Intelligence, section 14.4: P(burglary given both call) = 0.284. */
    @Test
    void theBurglaryAsRussellAndNorvigHaveIt() {
        BayesianNetwork network = new BayesianNetwork().add("burglary", 2, List.of(), 0.999, 0.001)
                .add("earthquake", 2, List.of(), 0.998, 0.002)
                .add("alarm", 2, List.of("burglary", "earthquake"), 0.999, 0.001, 0.71, 0.29, 0.06, 0.94, 0.05, 0.95)
                .add("John", 2, List.of("alarm"), 0.95, 0.05, 0.1, 0.9)
                .add("Mary", 2, List.of("alarm"), 0.99, 0.01, 0.3, 0.7);
        assertEquals(0.284, yes(network, "burglary", Map.of("John", 1, "Mary", 1)), 5e-4);
    }

    /** Lauritzen and Spiegelhalter 1988, whose chest clinic has these marginals. */
    @Test
    void theChestClinic() {
        BayesianNetwork network = new BayesianNetwork().add("Asia", 2, List.of(), 0.99, 0.01)
                .add("tuberculosis", 2, List.of("Asia"), 0.99, 0.01, 0.95, 0.05)
                .add("smoking", 2, List.of(), 0.5, 0.5)
                .add("cancer", 2, List.of("smoking"), 0.99, 0.01, 0.9, 0.1)
                .add("bronchitis", 2, List.of("smoking"), 0.7, 0.3, 0.4, 0.6)
                .add("either", 2, List.of("tuberculosis", "cancer"), 1, 0, 0, 1, 0, 1, 0, 1)
                .add("X-ray", 2, List.of("either"), 0.95, 0.05, 0.02, 0.98)
                .add("dyspnoea", 2, List.of("bronchitis", "either"), 0.9, 0.1, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9);
        assertEquals(0.0104, yes(network, "tuberculosis", Map.of()), 5e-5);
        assertEquals(0.055, yes(network, "cancer", Map.of()), 5e-5);
        assertEquals(0.45, yes(network, "bronchitis", Map.of()), 5e-5);
        assertEquals(0.0648, yes(network, "either", Map.of()), 5e-5);
        assertEquals(0.1103, yes(network, "X-ray", Map.of()), 5e-5);
        assertEquals(0.4360, yes(network, "dyspnoea", Map.of()), 5e-5);
    }

    @Test
    void randomNetworksAgreeWithEnumeration() {
        SplittableRandom random = new SplittableRandom(5);
        for (int trial = 0; trial < 300; trial++) {
            RandomNetwork r = RandomNetwork.of(random, 5 + trial % 2, 3);
            int size = r.states().length;
            int[] shuffled = random.ints(0, size).distinct().limit(size).toArray();
            int[] of = {shuffled[0], shuffled[1]};
            int[] observed = {shuffled[2], shuffled[3]};
            int[] x = new int[size];
            Map<String, Integer> states = new HashMap<>();
            for (int o : observed) {
                x[o] = random.nextInt(r.states()[o]);
                states.put("x" + o, x[o]);
            }
            double evidence = r.probability(x, observed);
            List<Double> expected = new ArrayList<>();
            for (x[of[0]] = 0; x[of[0]] < r.states()[of[0]]; x[of[0]]++) {
                for (x[of[1]] = 0; x[of[1]] < r.states()[of[1]]; x[of[1]]++) {
                    expected.add(r.probability(x, of[0], of[1], observed[0], observed[1]) / evidence);
                }
            }
            assertArrayEquals(expected.stream().mapToDouble(p -> p).toArray(), VariableElimination.posterior(r
                    .network(), List.of("x" + of[0], "x" + of[1]), states), 1e-12, "seed 5, network " + trial);
        }
    }

    /** A chain of 60, whose joint distribution has 2^60 numbers. */
    @Test
    void onlySmallProductsAreMade() {
        BayesianNetwork chain = new BayesianNetwork().add("x0", 2, List.of(), 0.5, 0.5);
        for (int i = 1; i < 60; i++) {
            chain.add("x" + i, 2, List.of("x" + (i - 1)), 0.9, 0.1, 0.1, 0.9);
        }
        assertEquals(0.5 - 0.5 * Math.pow(0.8, 59), yes(chain, "x59", Map.of("x0", 0)), 1e-12);
        assertEquals(0.5 + 0.5 * Math.pow(0.8, 59), yes(chain, "x0", Map.of("x59", 1)), 1e-12);
    }

    private static void refused(String message, Runnable what) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, what::run).getMessage());
    }

    @Test
    void whatCannotBeAskedIsRefused() {
        BayesianNetwork n = sprinkler();
        refused("a variable must be one of [cloudy, sprinkler, rain, wet], not 'snow'", () -> yes(n, "snow", Map.of()));
        refused("a variable must be one of [cloudy, sprinkler, rain, wet], not 'snow'", () -> yes(n, "rain", Map.of(
                "snow", 1)));
        refused("the state of 'wet' must be from 0 to 1, not 2", () -> yes(n, "rain", Map.of("wet", 2)));
        refused("of must be different variables that are not observed, not [rain]", () -> yes(n, "rain", Map.of("rain",
                1)));
        refused("what is observed must be possible, not {bad=1}, of probability 0", () -> yes(new BayesianNetwork().add(
                "bad", 2, List.of(), 1, 0).add("good", 2, List.of(), 0.5, 0.5), "good", Map.of("bad", 1)));
    }

    @Test
    void whatIsNoNetworkIsRefused() {
        BayesianNetwork n = sprinkler();
        refused("name must be another than those before, not 'wet'", () -> n.add("wet", 2, List.of(), 0.5, 0.5));
        refused("states must be at least 2, not 1", () -> n.add("x", 1, List.of(), 1));
        refused("a variable must be one of [cloudy, sprinkler, rain, wet], not 'x'", () -> n.add("x", 2, List.of("x"),
                0.5, 0.5, 0.5, 0.5));
        refused("parents must be different variables, not [wet, wet]", () -> n.add("x", 2, List.of("wet", "wet"),
                new double[8]));
        refused("table must be 4 probabilities of 'x', not 2", () -> n.add("x", 2, List.of("wet"), 0.5, 0.5));
        refused("table must be of rows of probabilities, whose sum is 1, not [0.5, 0.6] of 'x'", () -> n.add("x", 2,
                List.of(), 0.5, 0.6));
        assertEquals(List.of("cloudy", "sprinkler", "rain", "wet"), n.names());
    }
}
