package io.elbo4j.control.agent;

import static io.elbo4j.control.world.Plain.both;
import static io.elbo4j.control.world.Plain.doubles;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.world.Plain;
import io.elbo4j.control.world.WorldModel;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What Dreamer's actor and value learn from what they imagine, against its formulas in plain loops of doubles. */
class BehaviourTest {
    private static final int ROWS = 4;
    private static final int HORIZON = 3;
    private static final int ACTS = 2;
    private static final int UNITS = 5;
    private static final int LATENT = 3;
    private static final double DISCOUNT = 0.9;
    private static final double LAMBDA = 0.7;
    private static final double ENTROPY = 0.2;
    private static final Dreamer.Settings SETTINGS = new Dreamer.Settings(new WorldModel.Settings(
            WorldModel.Path.RECURRENT, UNITS, LATENT, List.of(6, 4), List.of(7), List.of(5), 1, 4, 0.8, 0, false,
            false),
            new WorldLearning(2, 2, 1e-3, 100, 50, false, 5, 2, 5, 2, 0.3), HORIZON, DISCOUNT, LAMBDA, ENTROPY, 1e-2,
            1e-2, 1);

    /** A row's imagination. */
    private static final class Walk {
        final double[][] states = new double[HORIZON + 1][];
        final double[][] epsilon = new double[HORIZON][];
        final double[][] noise = new double[HORIZON][];
        final double[] surprise = new double[HORIZON];
        final double[] weights = new double[HORIZON];
        final double[] returns = new double[HORIZON];
        final double[] values = new double[HORIZON + 1];
    }

    private static double[][] policy(Plain plain, double[] state) {
        double[] both = plain.network("actor", 2, state);
        double[] mean = new double[ACTS];
        double[] deviation = new double[ACTS];
        for (int i = 0; i < ACTS; i++) {
            mean[i] = 5 * Math.tanh(both[i] / 5);
            deviation[i] = Math.exp(-5 + 3.5 * (Math.tanh(both[ACTS + i] + 0.458145) + 1));
        }
        return new double[][] {mean, deviation};
    }

    private static double[] context(Plain plain, double[] state, double[] action) {
        double[] z = Arrays.copyOfRange(state, UNITS, UNITS + LATENT);
        return plain.gru("path.memory", plain.relu("path.input", both(z, action)), Arrays.copyOf(state, UNITS));
    }

    /**
     * Walks with the same noise.
     *
     * @param seen the states that the policy sees, which are constants to the gradient; null for those of this walk
     */
    private static Walk walk(Plain plain, double[] start, double[][] epsilon, double[][] noise, double[][] seen) {
        Walk walk = new Walk();
        walk.states[0] = start;
        for (int i = 0; i < HORIZON; i++) {
            double[][] pi = policy(plain, seen == null ? walk.states[i] : seen[i]);
            double[] action = new double[ACTS];
            for (int a = 0; a < ACTS; a++) {
                double u = pi[0][a] + pi[1][a] * epsilon[i][a];
                action[a] = Math.tanh(u);
                walk.surprise[i] += Plain.logNormal(u, pi[0][a], pi[1][a]) - Math.log(1 - action[a] * action[a]);
            }
            double[] context = context(plain, walk.states[i], action);
            double[][] p = Plain.gaussian(plain.network("path.prior", 2, context));
            double[] z = new double[LATENT];
            for (int k = 0; k < LATENT; k++) {
                z[k] = p[0][k] + p[1][k] * noise[i][k];
            }
            walk.states[i + 1] = both(context, z);
        }
        double[] rewards = new double[HORIZON + 1];
        double[] continues = new double[HORIZON + 1];
        for (int i = 0; i <= HORIZON; i++) {
            walk.values[i] = plain.network("value", 2, walk.states[i])[0];
            rewards[i] = plain.network("reward", 2, walk.states[i])[0];
            continues[i] = Plain.sigmoid(plain.network("continues", 2, walk.states[i])[0]);
        }
        double next = walk.values[HORIZON];
        for (int i = HORIZON - 1; i >= 0; i--) {
            next = rewards[i + 1] + DISCOUNT * continues[i + 1] * ((1 - LAMBDA) * walk.values[i + 1] + LAMBDA * next);
            walk.returns[i] = next;
        }
        double weight = 1;
        for (int i = 0; i < HORIZON; i++) {
            weight *= continues[i];
            walk.weights[i] = weight;
            weight *= DISCOUNT;
        }
        return walk;
    }

    private static double actorLoss(Walk walk, double[] weights) {
        double loss = 0;
        for (int i = 0; i < HORIZON; i++) {
            loss -= weights[i] * (walk.returns[i] - ENTROPY * walk.surprise[i]) / HORIZON;
        }
        return loss;
    }

    private static double valueLoss(double[] values, Walk base) {
        double loss = 0;
        for (int i = 0; i < HORIZON; i++) {
            loss += base.weights[i] * Math.pow(values[i] - base.returns[i], 2) / 2 / HORIZON;
        }
        return loss;
    }

    private static Value named(Behaviour behaviour, String name) {
        return (Value) behaviour.graph.nodes().stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
    }

    private static Training training(Behaviour behaviour, String name) {
        Set<Parameter> own = behaviour.graph.parameters().stream().filter(p -> p.name().startsWith(name + ".")).collect(
                Collectors.toSet());
        return Training.of(new WeightedSum().with(name + " loss", Term.Role.LOSS, 1), new Sgd(1e-30)).withName(name)
                .withParameters(own);
    }

    private static Parameters parameters(Behaviour behaviour, Backend backend) {
        Set<Parameter> all = new LinkedHashSet<>(behaviour.graph.parameters());
        all.addAll(behaviour.filtering.graph().parameters());
        return new Parameters(backend, List.copyOf(all), 5);
    }

    @Test
    void lossesAndGradientsAreThoseOfPlainLoops() {
        Behaviour behaviour = new Behaviour(SETTINGS, 2, ACTS);
        Random random = new Random(17);
        float[] start = new float[ROWS * (UNITS + LATENT)];
        for (int i = 0; i < start.length; i++) {
            start[i] = (float) random.nextGaussian();
        }
        List<Value> wanted = new ArrayList<>();
        for (int i = 0; i < HORIZON; i++) {
            wanted.add(named(behaviour, "policy " + i));
            wanted.add(named(behaviour, "imagined " + i + ".drawn"));
        }
        try (Backend backend = new JavaBackend(1); Parameters parameters = parameters(behaviour, backend);
                Step step = Step.of(behaviour.graph, parameters, backend).rows(ROWS).seed(3).minimise(training(
                        behaviour, "actor")).minimise(training(behaviour, "value")).want(wanted.toArray(Value[]::new))
                        .compile()) {
            step.value(named(behaviour, "start")).set(start);
            step.run(4);
            Plain plain = new Plain(parameters);
            Walk[] bases = new Walk[ROWS];
            for (int r = 0; r < ROWS; r++) {
                double[] from = doubles(start, r * (UNITS + LATENT), UNITS + LATENT);
                double[][] epsilon = new double[HORIZON][ACTS];
                double[][] noise = new double[HORIZON][LATENT];
                double[] state = from;
                for (int i = 0; i < HORIZON; i++) {
                    double[] drawn = doubles(step.value(wanted.get(2 * i)).toArray(), r * (ACTS + 1), ACTS);
                    double[] z = doubles(step.value(wanted.get(2 * i + 1)).toArray(), r * LATENT, LATENT);
                    double[][] pi = policy(plain, state);
                    for (int a = 0; a < ACTS; a++) {
                        epsilon[i][a] = (atanh(drawn[a]) - pi[0][a]) / pi[1][a];
                    }
                    double[] context = context(plain, state, drawn);
                    double[][] p = Plain.gaussian(plain.network("path.prior", 2, context));
                    for (int k = 0; k < LATENT; k++) {
                        noise[i][k] = (z[k] - p[0][k]) / p[1][k];
                    }
                    state = both(context, z);
                }
                bases[r] = walk(plain, from, epsilon, noise, null);
                bases[r].epsilon[0] = epsilon[0];
                System.arraycopy(epsilon, 0, bases[r].epsilon, 0, HORIZON);
                System.arraycopy(noise, 0, bases[r].noise, 0, HORIZON);
                assertEquals(actorLoss(bases[r], bases[r].weights), term(step, behaviour, "actor loss")[r], 1e-5);
                assertEquals(valueLoss(bases[r].values, bases[r]), term(step, behaviour, "value loss")[r], 1e-5);
            }
            for (Parameters.State each : parameters.all()) {
                String name = each.parameter().name();
                boolean actor = name.startsWith("actor.");
                if (!actor && !name.startsWith("value.")) {
                    continue;
                }
                float[] gradient = each.gradient().toArray();
                for (int at = 0; at < gradient.length; at += Math.max(1, gradient.length / 5)) {
                    double h = 1e-6;
                    double[] loss = new double[2];
                    for (int side = 0; side < 2; side++) {
                        Plain moved = plain.moved(name, at, side == 0 ? h : -h);
                        for (Walk base : bases) {
                            Walk walk = walk(moved, base.states[0], base.epsilon, base.noise, base.states);
                            loss[side] += (actor ? actorLoss(walk, base.weights) : valueLoss(walk.values, base)) / ROWS;
                        }
                    }
                    assertEquals((loss[0] - loss[1]) / (2 * h), gradient[at], 2e-5, name + " " + at);
                }
            }
        }
    }

    private static double atanh(double x) {
        return 0.5 * Math.log((1 + x) / (1 - x));
    }

    private static double[] term(Step step, Behaviour behaviour, String name) {
        Node owner = behaviour.graph.nodes().stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
        float[] all = step.term(owner.terms().get(0)).orElseThrow().toArray();
        return doubles(all, 0, all.length);
    }

    /** The model stays as it is, to the bit, while actor and value learn. */
    @Test
    void theModelDoesNotLearnFromWhatIsImagined() {
        Behaviour behaviour = new Behaviour(SETTINGS, 2, ACTS);
        try (Backend backend = new JavaBackend(1); Parameters parameters = parameters(behaviour, backend);
                Matrix states = backend.matrix(4, UNITS + LATENT)) {
            Map<String, float[]> before = new HashMap<>();
            parameters.all().forEach(s -> before.put(s.parameter().name(), s.value().toArray()));
            behaviour.compile(parameters, backend, 5);
            behaviour.learn(states, 0);
            parameters.all().forEach(s -> {
                String name = s.parameter().name();
                if (!name.startsWith("actor.") && !name.startsWith("value.")) {
                    assertArrayEquals(before.get(name), s.value().toArray(), name);
                } else if (name.endsWith("1.weight")) {
                    assertFalse(Arrays.equals(before.get(name), s.value().toArray()), name);
                }
            });
            assertTrue(before.keySet().stream().anyMatch(name -> name.startsWith("path.")));
            behaviour.close();
        }
    }
}
