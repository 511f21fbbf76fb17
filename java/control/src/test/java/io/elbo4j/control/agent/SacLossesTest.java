package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Space;
import io.elbo4j.purejava.JavaBackend;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The losses of an update against the equations in double, of linear networks whose parameters are chosen here. */
class SacLossesTest {
    private static final int BATCH = 32_768;
    private static final double DISCOUNT = 0.9;
    private static final double REWARD = 0.7;
    private static final double[] SEEN = {0.5, -1};
    private static final double[] NEXT = {1.5, 0.25};
    private static final double TAKEN = 0.4;
    /** Mean of the action before tanh: of two observations, and a bias. */
    private static final double[] ACTOR = {0.3, -0.2, 0.1};
    /** What log sigma is made of: -5 + 3.5 (1 + tanh). */
    private static final double RAW = -2;
    private static final double LOG_SIGMA = -5 + 3.5 * (1 + Math.tanh(RAW));
    /** Of two observations, the action, and a bias. At what is seen the first is larger, in the copies the second. */
    private static final double[][] CRITICS = {{1, 0.5, 2, 3}, {0.2, 0.3, -1, 0.5}};
    private static final double[][] TARGETS = {{0.4, 1, 1, -2}, {1, -1, 0.5, 4}};

    private static double linear(double[] w, double... x) {
        double sum = w[w.length - 1];
        for (int i = 0; i < x.length; i++) {
            sum += w[i] * x[i];
        }
        return sum;
    }

    private static Map<String, Double> losses(double logAlpha, boolean terminated) {
        Learning learning = new Learning(List.of(), BATCH, 1e-3, 0, DISCOUNT, 10, 0, 1, 1);
        try (Backend backend = new JavaBackend(1); Sac sac = new Sac(new Sac.Settings(learning, 0.01), Space.Box.of(2,
                -9, 9), Space.Box.of(1, -1, 1), backend, 3)) {
            Map<String, float[]> chosen = new HashMap<>();
            chosen.put("actor.0.weight", new float[] {(float) ACTOR[0], 0, (float) ACTOR[1], 0});
            chosen.put("actor.0.bias", new float[] {(float) ACTOR[2], (float) RAW});
            chosen.put("temperature.log", new float[] {(float) logAlpha});
            for (int j = 0; j < 2; j++) {
                put(chosen, "critic." + j, CRITICS[j]);
                put(chosen, "target." + j, TARGETS[j]);
            }
            sac.parameters().all().forEach(s -> s.value().set(chosen.remove(s.parameter().name())));
            assertEquals(Map.of(), chosen);
            float[] seen = {(float) SEEN[0], (float) SEEN[1]};
            sac.remember(seen, new float[] {(float) TAKEN}, (float) REWARD, terminated, new float[] {(float) NEXT[0],
                    (float) NEXT[1]});
            sac.explore(seen, new float[1]);
            sac.learn();
            assertEquals(1, sac.updates());
            return sac.losses();
        }
    }

    private static void put(Map<String, float[]> chosen, String network, double[] w) {
        chosen.put(network + ".0.weight", new float[] {(float) w[0], (float) w[1], (float) w[2]});
        chosen.put(network + ".0.bias", new float[] {(float) w[3]});
    }

    /** E[log pi(a | s)] for a small sigma: the change of variables is that at the mean. */
    private static double logPi(double[] s) {
        double u = linear(ACTOR, s);
        return -0.5 - LOG_SIGMA - 0.5 * Math.log(2 * Math.PI) - Math.log(1 - Math.pow(Math.tanh(u), 2));
    }

    private static double least(double[][] critics, double[] s) {
        double a = Math.tanh(linear(ACTOR, s));
        return Math.min(linear(critics[0], s[0], s[1], a), linear(critics[1], s[0], s[1], a));
    }

    private static void check(double logAlpha, boolean terminated) {
        Map<String, Double> found = losses(logAlpha, terminated);
        double alpha = Math.exp(logAlpha);
        double y = REWARD + (terminated ? 0 : DISCOUNT * (least(TARGETS, NEXT) - alpha * logPi(NEXT)));
        // y scatters by the entropy's noise: -n^2 / 2 has a variance of a half
        double scatter = terminated ? 0 : DISCOUNT * DISCOUNT * alpha * alpha / 2;
        double noise = 0.05 * (1 + alpha);
        for (int j = 0; j < 2; j++) {
            double q = linear(CRITICS[j], SEEN[0], SEEN[1], TAKEN);
            assertEquals((q - y) * (q - y) + scatter, found.get("critic " + j), noise * (1 + 2 * Math.abs(q - y)));
        }
        assertEquals(alpha * logPi(SEEN) - least(CRITICS, SEEN), found.get("actor"), noise);
        assertEquals(-logAlpha * (logPi(SEEN) - 1), found.get("temperature"), 0.05 * (1 + Math.abs(logAlpha)));
    }

    @Test
    void almostWithoutEntropy() {
        check(-12, false);
        check(-12, true);
    }

    @Test
    void withEntropy() {
        check(-0.5, false);
        check(0.25, false);
        check(0.25, true);
    }
}
