package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.CartPoleSwingUp;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.PendulumAngle;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Parameters;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RepresentationSacTest {
    private static final Environment ANGLE = new PendulumAngle();

    private static RepresentationSac.Settings settings(int latent, int width, double klWeight, int batch,
            double learningRate, int updates, int randomSteps, double rate) {
        return new RepresentationSac.Settings(new Sac.Settings(new Learning(List.of(8), 16, 1e-3, 0, 0.9, 500,
                randomSteps,
                1, 1), rate), latent, width, klWeight, batch, learningRate, updates);
    }

    private static final RepresentationSac.Settings TINY = settings(3, 5, 1, 16, 1e-3, 30, 40, 0.01);

    private static RepresentationSac live(RepresentationSac.Settings settings, Backend backend, long seed, int steps) {
        RepresentationSac agent = new RepresentationSac(settings, ANGLE.observations(), ANGLE.actions(), backend, seed);
        Interaction interaction = new Interaction(agent, new Simulation(ANGLE, 1, seed));
        while (interaction.steps() < steps) {
            interaction.step();
        }
        return agent;
    }

    private static Map<String, float[]> values(Parameters parameters) {
        Map<String, float[]> all = new HashMap<>();
        parameters.all().forEach(s -> all.put(s.parameter().name(), s.value().toArray()));
        return all;
    }

    private static int hash(RepresentationSac.Settings settings, long seed) {
        try (Backend backend = new JavaBackend(1); RepresentationSac agent = live(settings, backend, seed, 60)) {
            Map<String, Integer> all = new HashMap<>();
            values(agent.parameters()).forEach((k, v) -> all.put(k, Arrays.hashCode(v)));
            values(agent.encoder()).forEach((k, v) -> all.put("vae " + k, Arrays.hashCode(v)));
            return all.hashCode();
        }
    }

    @Test
    void everySettingChangesTheBits() {
        Set<Integer> seen = new HashSet<>();
        for (RepresentationSac.Settings settings : List.of(TINY, settings(4, 5, 1, 16, 1e-3, 30, 40, 0.01), settings(3,
                6, 1, 16, 1e-3, 30, 40, 0.01), settings(3, 5, 0.5, 16, 1e-3, 30, 40, 0.01), settings(3, 5, 1, 17, 1e-3,
                        30, 40, 0.01), settings(3, 5, 1, 16, 2e-3, 30, 40, 0.01), settings(3, 5, 1, 16, 1e-3, 31, 40,
                                0.01), settings(3, 5, 1, 16, 1e-3, 30, 41, 0.01), settings(3, 5, 1, 16, 1e-3, 30, 40,
                                        0.02))) {
            assertTrue(seen.add(hash(settings, 0)), settings + " changes nothing");
        }
        assertTrue(seen.add(hash(TINY, 1)), "the seed changes nothing");
        assertEquals(hash(TINY, 0), hash(TINY, 0));
    }

    /** The VAE learns once, after the random steps; what was seen till then is passed on, and learned from later. */
    @Test
    void theEncoderIsTrainedOnceAndStays() {
        try (Backend backend = new JavaBackend(1); RepresentationSac untrained = live(TINY, backend, 0, 39);
                RepresentationSac trained = live(TINY, backend, 0, 40); RepresentationSac later = live(TINY, backend, 0,
                        90)) {
            float[] first = values(untrained.encoder()).get("encoder.weight");
            float[] second = values(trained.encoder()).get("encoder.weight");
            assertTrue(!Arrays.equals(first, second));
            assertArrayEquals(second, values(later.encoder()).get("encoder.weight"));
            assertEquals(0, trained.updates());
            assertEquals(50, later.updates());
        }
    }

    /** What SAC is given are means of q(z | x), now and before, by plain loops in double. */
    @Test
    void actsOnTheMeansOfTwoCodes() {
        try (Backend backend = new JavaBackend(1); RepresentationSac agent = live(TINY, backend, 0, 60);
                Sac sac = new Sac(AgentSettings.with(TINY.sac(), Map.of("randomSteps", 0)),
                        io.elbo4j.control.environment.Space.Box.of(6, -1, 1), ANGLE.actions(),
                        backend, 0)) {
            Map<String, float[]> learned = values(agent.parameters());
            sac.parameters().all().forEach(s -> s.value().set(learned.get(s.parameter().name())));
            float[] first = {0.6f, -0.8f};
            float[] second = {0.8f, -0.6f};
            Map<String, float[]> vae = values(agent.encoder());
            agent.begin();
            float[] both = {0, 0, 0, 0, 0, 0};
            System.arraycopy(code(vae, first), 0, both, 0, 3);
            System.arraycopy(code(vae, first), 0, both, 3, 3);
            assertArrayEquals(sac.act(both), agent.act(first), 1e-5f);
            agent.remember(first, new float[1], 0, false, second);
            System.arraycopy(code(vae, second), 0, both, 0, 3);
            assertArrayEquals(sac.act(both), agent.act(second), 1e-5f);
            try (Agent.GreedyPolicy policy = agent.greedy(1)) {
                float[] action = new float[1];
                policy.act(first, action);
                policy.act(second, action);
                assertArrayEquals(sac.act(both), action, 1e-5f);
            }
        }
    }

    /** Each transition that SAC remembers is (now, before) and (next, now), those of the random steps as all later. */
    @Test
    void whatSacRemembersIsTheCodesOfTheSteps() {
        try (Backend backend = new JavaBackend(1); RepresentationSac agent = new RepresentationSac(TINY, ANGLE
                .observations(), ANGLE.actions(), backend, 0)) {
            int steps = 45;
            int episode = 15;
            float[][] seen = new float[steps + 1][];
            for (int t = 0; t <= steps; t++) {
                seen[t] = new float[] {(float) Math.sin(t), (float) Math.cos(2 * t)};
            }
            for (int t = 0; t < steps; t++) {
                if (t % episode == 0) {
                    agent.begin();
                }
                agent.remember(seen[t], new float[] {1}, t, t % 7 == 0, seen[t + 1]);
            }
            Map<String, float[]> vae = values(agent.encoder());
            float[] states = agent.matrices(agent.counters()).get("replay.observation").toArray();
            float[] after = agent.matrices(agent.counters()).get("replay.next observation").toArray();
            assertEquals(6 * steps, after.length);
            for (int t = 0; t < steps; t++) {
                float[] before = seen[t % episode == 0 ? t : t - 1];
                assertArrayEquals(both(vae, seen[t], before), Arrays.copyOfRange(states, 6 * t, 6 * t + 6), 1e-5f,
                        "state " + t);
                assertArrayEquals(both(vae, seen[t + 1], seen[t]), Arrays.copyOfRange(after, 6 * t, 6 * t + 6), 1e-5f,
                        "next state " + t);
            }
        }
    }

    private static float[] both(Map<String, float[]> vae, float[] now, float[] before) {
        float[] both = Arrays.copyOf(code(vae, now), 6);
        System.arraycopy(code(vae, before), 0, both, 3, 3);
        return both;
    }

    private static float[] code(Map<String, float[]> vae, float[] seen) {
        float[] w = vae.get("encoder.weight");
        float[] b = vae.get("encoder.bias");
        float[] v = vae.get("posterior.weight");
        float[] c = vae.get("posterior.bias");
        float[] code = new float[3];
        for (int k = 0; k < 3; k++) {
            double sum = c[k];
            for (int j = 0; j < 5; j++) {
                double h = b[j];
                for (int i = 0; i < 2; i++) {
                    h += (seen[i] + 1) / 2 * w[i * 5 + j];
                }
                sum += Math.max(0, h) * v[j * 6 + k];
            }
            code[k] = (float) sum;
        }
        return code;
    }

    @Test
    void whatIsRefused() {
        Environment unbounded = new CartPoleSwingUp();
        try (Backend backend = new JavaBackend(1)) {
            assertTrue(assertThrows(ArgumentException.class, () -> new RepresentationSac(TINY, unbounded.observations(),
                    unbounded.actions(), backend, 0)).getMessage().startsWith(
                            "observations must be in a box with bounds"));
        }
        for (Runnable wrong : List.<Runnable>of(() -> settings(0, 5, 1, 16, 1e-3, 30, 40, 0.01), () -> settings(3, 0, 1,
                16, 1e-3, 30, 40, 0.01), () -> settings(3, 5, -1, 16, 1e-3, 30, 40, 0.01), () -> settings(3, 5, 1, 0,
                        1e-3, 30, 40, 0.01), () -> settings(3, 5, 1, 16, 0, 30, 40, 0.01), () -> settings(3, 5, 1, 16,
                                1e-3, 0, 40, 0.01), () -> settings(3, 5, 1, 16, 1e-3, 30, 0, 0.01))) {
            assertThrows(ArgumentException.class, wrong::run);
        }
    }
}
