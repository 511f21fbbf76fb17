package io.elbo4j.train.network;

import static io.elbo4j.ArgumentException.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * p(x) = product of p(x_i given its parents), each variable one of few states. Parents come before their children, so
 * that there is no cycle.
 */
public final class BayesianNetwork {
    private static final double ROUNDING = 1e-9;

    private record Variable(String name, int states, int[] parents, double[] table) {}

    private final List<Variable> variables = new ArrayList<>();

    /** Of no variables yet. */
    public BayesianNetwork() {}

    /**
     * Adds a variable.
     *
     * @param name another than those before
     * @param states at least 2: they are 0, 1, ...
     * @param parents variables that are there already
     * @param table p(state given parents): a row for each assignment of the parents, the last of which runs fastest,
     *     with a probability of each state
     */
    public BayesianNetwork add(String name, int states, List<String> parents, double... table) {
        require(variables.stream().noneMatch(v -> v.name.equals(name)), "name", "another than those before", "'" + name
                + "'");
        require(states >= 2, "states", "at least 2", states);
        int[] numbers = parents.stream().mapToInt(this::number).toArray();
        require(Arrays.stream(numbers).distinct().count() == numbers.length, "parents", "different variables",
                parents);
        long size = states;
        for (int p : numbers) {
            size = Math.multiplyExact(size, (long) variables.get(p).states);
        }
        require(table.length == size, "table", size + " probabilities of '" + name + "'", table.length);
        for (int row = 0; row < size; row += states) {
            double[] probabilities = Arrays.copyOfRange(table, row, row + states);
            require(Arrays.stream(probabilities).allMatch(p -> p >= 0) && Math.abs(Arrays.stream(probabilities).sum()
                    - 1) <= ROUNDING, "table", "of rows of probabilities, whose sum is 1", Arrays.toString(
                            probabilities) + " of '" + name + "'");
        }
        variables.add(new Variable(name, states, numbers, table.clone()));
        return this;
    }

    /** In the order in which they were added. */
    public List<String> names() {
        return variables.stream().map(Variable::name).toList();
    }

    /** @throws IllegalArgumentException if there is none */
    int number(String name) {
        int number = names().indexOf(name);
        require(number >= 0, "a variable", "one of " + names(), "'" + name + "'");
        return number;
    }

    int size() {
        return variables.size();
    }

    int states(int variable) {
        return variables.get(variable).states;
    }

    int[] parents(int variable) {
        return variables.get(variable).parents;
    }

    /** p(variable given its parents). */
    Factor factor(int variable) {
        Variable v = variables.get(variable);
        int[] states = variables.stream().mapToInt(Variable::states).toArray();
        // parents have smaller numbers, so that the variable is last, but need not ascend
        Factor ascending = Factor.over(Arrays.stream(append(v.parents, variable)).sorted().toArray(), states);
        Factor given = new Factor(append(v.parents, variable), states, v.table);
        int[] assignment = new int[states.length];
        for (int i = 0; i < v.table.length; i++) {
            given.assignment(i, assignment);
            ascending.table()[ascending.index(assignment)] = v.table[i];
        }
        return ascending;
    }

    private static int[] append(int[] to, int last) {
        int[] all = Arrays.copyOf(to, to.length + 1);
        all[to.length] = last;
        return all;
    }
}
