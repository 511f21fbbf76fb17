package io.elbo4j.train.network;

import static io.elbo4j.ArgumentException.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Sum-product variable elimination (Koller and Friedman 2009, algorithm 9.1): one variable after the other is summed
 * out of the product of the factors that have it. The next is the one whose product is smallest (section 9.4.3).
 */
public final class VariableElimination {
    private VariableElimination() {}

    /**
     * p(of given what is observed).
     *
     * @param of variables, of which the last runs fastest in the result
     * @param observed their states
     * @throws IllegalArgumentException if what is observed has probability 0
     */
    public static double[] posterior(BayesianNetwork network, List<String> of, Map<String, Integer> observed) {
        int[] wanted = of.stream().mapToInt(network::number).toArray();
        require(Arrays.stream(wanted).distinct().count() == wanted.length && of.stream().noneMatch(
                observed::containsKey), "of", "different variables that are not observed", of);
        List<Factor> factors = factors(network, observed);
        List<Integer> hidden = new ArrayList<>(IntStream.range(0, network.size()).filter(v -> !of.contains(network
                .names().get(v)) && !observed.containsKey(network.names().get(v))).boxed().toList());
        while (!hidden.isEmpty()) {
            Integer next = hidden.stream().min(Comparator.comparingDouble(v -> productSize(network, factors, v)))
                    .orElseThrow();
            hidden.remove(next);
            List<Factor> with = factors.stream().filter(f -> f.has(next)).toList();
            factors.removeAll(with);
            factors.add(with.stream().reduce(Factor::times).orElseThrow().sumOut(next));
        }
        return inOrder(factors.stream().reduce(Factor::times).orElseThrow(), wanted, observed);
    }

    private static List<Factor> factors(BayesianNetwork network, Map<String, Integer> observed) {
        require(network.size() > 0, "network", "of at least one variable", "empty");
        observed.forEach((name, state) -> {
            int states = network.states(network.number(name));
            require(state >= 0 && state < states, "the state of '" + name + "'", "from 0 to " + (states - 1), state);
        });
        List<Factor> factors = new ArrayList<>();
        for (int v = 0; v < network.size(); v++) {
            Factor factor = network.factor(v);
            for (Map.Entry<String, Integer> o : observed.entrySet()) {
                int number = network.number(o.getKey());
                factor = factor.has(number) ? factor.given(number, o.getValue()) : factor;
            }
            factors.add(factor);
        }
        return factors;
    }

    private static double productSize(BayesianNetwork network, List<Factor> factors, int variable) {
        return factors.stream().filter(f -> f.has(variable)).flatMapToInt(f -> Arrays.stream(f.variables())).distinct()
                .mapToDouble(network::states).reduce(1, (a, b) -> a * b);
    }

    /** Normalised. */
    private static double[] inOrder(Factor product, int[] wanted, Map<String, Integer> observed) {
        double sum = Arrays.stream(product.table()).sum();
        require(sum > 0, "what is observed", "possible", observed + ", of probability 0");
        Factor result = new Factor(wanted, product.states(), new double[product.table().length]);
        int[] assignment = new int[product.states().length];
        for (int i = 0; i < result.table().length; i++) {
            result.assignment(i, assignment);
            result.table()[i] = product.table()[product.index(assignment)] / sum;
        }
        return result.table();
    }
}
