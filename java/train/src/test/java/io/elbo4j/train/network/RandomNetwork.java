package io.elbo4j.train.network;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A network of random arrows and tables, with its joint distribution as plain numbers. */
record RandomNetwork(BayesianNetwork network, int[] states, double[] joint) {
    private record Node(List<Integer> parents, double[] table) {}

    static RandomNetwork of(SplittableRandom random, int size, int mostStates) {
        BayesianNetwork network = new BayesianNetwork();
        int[] states = random.ints(size, 2, mostStates + 1).toArray();
        List<Node> nodes = new ArrayList<>();
        for (int v = 0; v < size; v++) {
            List<Integer> parents = new ArrayList<>();
            int rows = 1;
            // in descending order in half of them
            for (int p = 0; p < v; p++) {
                if (random.nextDouble() < 0.4) {
                    parents.add(v % 2 == 0 ? parents.size() : 0, p);
                    rows *= states[p];
                }
            }
            double[] table = new double[rows * states[v]];
            for (int row = 0; row < rows; row++) {
                double sum = 0;
                for (int s = 0; s < states[v]; s++) {
                    sum += table[row * states[v] + s] = 0.1 + random.nextDouble();
                }
                for (int s = 0; s < states[v]; s++) {
                    table[row * states[v] + s] /= sum;
                }
            }
            nodes.add(new Node(parents, table));
            network.add("x" + v, states[v], parents.stream().map(p -> "x" + p).toList(), table);
        }
        int all = 1;
        for (int s : states) {
            all *= s;
        }
        double[] joint = new double[all];
        for (int i = 0; i < all; i++) {
            int[] x = assignment(states, i);
            joint[i] = 1;
            for (int v = 0; v < size; v++) {
                int row = 0;
                for (int p : nodes.get(v).parents) {
                    row = row * states[p] + x[p];
                }
                joint[i] *= nodes.get(v).table[row * states[v] + x[v]];
            }
        }
        return new RandomNetwork(network, states, joint);
    }

    static int[] assignment(int[] states, int number) {
        int[] x = new int[states.length];
        for (int v = states.length - 1; v >= 0; v--) {
            x[v] = number % states[v];
            number /= states[v];
        }
        return x;
    }

    /** The sum over all assignments that agree with another one in some variables. */
    double probability(int[] of, int... variables) {
        double sum = 0;
        for (int i = 0; i < joint.length; i++) {
            int[] x = assignment(states, i);
            boolean agrees = true;
            for (int v : variables) {
                agrees &= x[v] == of[v];
            }
            sum += agrees ? joint[i] : 0;
        }
        return sum;
    }
}
