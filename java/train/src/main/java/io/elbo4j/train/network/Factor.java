package io.elbo4j.train.network;

import static io.elbo4j.ArgumentException.require;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A number for each assignment of some variables (Koller and Friedman 2009, definition 4.1).
 *
 * @param variables their numbers, ascending
 * @param states how many each variable of the network has
 * @param table the last variable runs fastest
 */
record Factor(int[] variables, int[] states, double[] table) {
    private static final long MOST = 1 << 26;

    /** Of zeros. */
    static Factor over(int[] variables, int[] states) {
        long size = 1;
        for (int v : variables) {
            size *= states[v];
            require(size <= MOST, "the network", "one whose factors have at most " + MOST + " numbers", "one of "
                    + variables.length + " variables together");
        }
        return new Factor(variables, states, new double[(int) size]);
    }

    boolean has(int variable) {
        return Arrays.binarySearch(variables, variable) >= 0;
    }

    /** The place of an assignment of all variables of the network. */
    int index(int[] assignment) {
        int index = 0;
        for (int v : variables) {
            index = index * states[v] + assignment[v];
        }
        return index;
    }

    /** The way back: writes the states of these variables. */
    void assignment(int index, int[] into) {
        for (int i = variables.length - 1; i >= 0; i--) {
            into[variables[i]] = index % states[variables[i]];
            index /= states[variables[i]];
        }
    }

    Factor times(Factor other) {
        Factor product = over(IntStream.concat(Arrays.stream(variables), Arrays.stream(other.variables)).distinct()
                .sorted().toArray(), states);
        int[] assignment = new int[states.length];
        for (int i = 0; i < product.table.length; i++) {
            product.assignment(i, assignment);
            product.table[i] = table[index(assignment)] * other.table[other.index(assignment)];
        }
        return product;
    }

    Factor without(int variable) {
        return over(Arrays.stream(variables).filter(v -> v != variable).toArray(), states);
    }

    Factor sumOut(int variable) {
        Factor sum = without(variable);
        int[] assignment = new int[states.length];
        for (int i = 0; i < table.length; i++) {
            assignment(i, assignment);
            sum.table[sum.index(assignment)] += table[i];
        }
        return sum;
    }

    /** Where a variable has a state. */
    Factor given(int variable, int state) {
        Factor slice = without(variable);
        int[] assignment = new int[states.length];
        assignment[variable] = state;
        for (int i = 0; i < slice.table.length; i++) {
            slice.assignment(i, assignment);
            slice.table[i] = table[index(assignment)];
        }
        return slice;
    }
}
