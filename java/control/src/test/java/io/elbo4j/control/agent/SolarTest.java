package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.CartPoleContinuous;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Fork;
import io.elbo4j.control.environment.Navigation;
import io.elbo4j.control.environment.PendulumAngle;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.TimeLimit;
import io.elbo4j.control.world.MessageVae;
import io.elbo4j.purejava.JavaBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SolarTest {
    /** Rollouts of 17 steps; three of them are remembered. */
    static final Solar.Settings TINY = new Solar.Settings(new MessageVae.Settings(2, List.of(5), List.of(4), 0.3), 2,
            1e-2, 0.3, 3, 2, 17, 2, 3, 2, 54, 5, 2, 0.1, 0.5);
    private static final Environment ANGLE = new TimeLimit(new PendulumAngle(), 17);

    private static Solar live(Solar.Settings settings, Environment environment, Backend backend, long seed,
            int steps) {
        Solar agent = settings.create(Surroundings.of(environment), backend, seed);
        Interaction interaction = new Interaction(agent, new Simulation(environment, 1, seed));
        while (interaction.steps() < steps) {
            interaction.step();
        }
        return agent;
    }

    private static int hash(Solar.Settings settings, long seed) {
        Environment angle = new TimeLimit(new PendulumAngle(), settings.horizon());
        try (Backend backend = new JavaBackend(1); Solar agent = live(settings, angle, backend, seed, 5 * settings
                .horizon())) {
            List<Integer> all = new ArrayList<>();
            agent.parameters().all().forEach(s -> all.add(Arrays.hashCode(s.value().toArray())));
            all.add(Arrays.hashCode(agent.matrices(agent.counters()).get("policy").toArray()));
            all.add(Arrays.hashCode(agent.matrices(agent.counters()).get("replay.action").toArray()));
            return all.hashCode();
        }
    }

    @Test
    void everySettingChangesTheBits() {
        Map<String, Object> others = new LinkedHashMap<>();
        others.put("latent", 3);
        others.put("encoderWidths", List.of(6));
        others.put("decoderWidths", List.of(5));
        others.put("observationDeviation", 0.4);
        others.put("batch", 3);
        others.put("learningRate", 2e-2);
        others.put("rate", 0.5);
        others.put("firstUpdates", 4);
        others.put("updates", 3);
        others.put("horizon", 16);
        others.put("randomRollouts", 3);
        others.put("hold", 2);
        others.put("rollouts", 3);
        others.put("capacity", 72);
        others.put("strength", 9.0);
        others.put("window", 3.0);
        others.put("ridge", 0.2);
        others.put("divergence", 0.2);
        assertEquals(AgentSettings.values(TINY).keySet(), others.keySet());
        Set<Integer> found = new HashSet<>(Set.of(hash(TINY, 0)));
        others.forEach((name, value) -> assertTrue(found.add(hash(AgentSettings.with(TINY, Map.of(name, value)), 0)),
                name + " changes nothing"));
        assertTrue(found.add(hash(TINY, 1)), "the seed changes nothing");
        assertEquals(hash(TINY, 0), hash(TINY, 0));
    }

    /** The policy's part without codes: 1.05 times the cost of the best moves there are, at most. */
    @Test
    void onTrueStatesItComesNearTheOptimum() {
        Environment navigation = new Navigation();
        double best = navigation.ceiling().orElseThrow();
        for (long seed : new long[] {0, 1}) {
            double is = SolarStudy.onTrueStates(Solar.Settings.small(), navigation, seed);
            System.out.println("seed " + seed + ": " + is);
            assertTrue(is <= best + 0.005 && is >= 1.05 * best, is + " of " + best);
        }
    }

    /** After two random rollouts, and after each two of its own. */
    @Test
    void learnsWhereARoundEnds() {
        try (Backend backend = new JavaBackend(1); Run run = new Run(Agents.create(TINY, ANGLE, backend, 1), ANGLE)) {
            for (int steps = 1; steps <= 110; steps++) {
                run.step();
                int rounds = steps / 34;
                assertEquals(rounds == 0 ? 0 : 3 + 2 * (rounds - 1), run.agent().updates(), steps + " steps");
                assertEquals(rounds, run.agent().counters().planned());
                // each rollout has a last observation
                assertEquals(steps + steps / 17, run.agent().counters().remembered());
            }
        }
        assertFalse(TINY.learnsIn(33));
        assertTrue(TINY.learnsIn(34));
    }

    @Test
    void aRandomActionIsHeldAndThePolicyHasNoise() {
        try (Backend backend = new JavaBackend(1); Solar agent = live(TINY, ANGLE, backend, 1, 51)) {
            float[] action = agent.matrices(agent.counters()).get("replay.action").toArray();
            float[] mean = agent.matrices(agent.counters()).get("replay.mean action").toArray();
            for (int r = 0; r < 36; r++) {
                int t = r % 18;
                assertEquals(0, mean[r], "by chance");
                if (t == 17) {
                    assertEquals(0, action[r], "none after the last observation");
                } else {
                    assertEquals(action[r - t % 3], action[r], "step " + t);
                }
            }
            int differs = 0;
            for (int r = 36; r < 53; r++) {
                assertTrue(Math.abs(action[r]) <= 1);
                differs += action[r] != mean[r] && mean[r] != 0 ? 1 : 0;
            }
            assertEquals(17, differs);
        }
    }

    /** The greedy policy is that of the step: another one after each step, and it begins anew. */
    @Test
    void theGreedyPolicyIsThatOfTheStep() {
        try (Backend backend = new JavaBackend(1); Solar agent = live(TINY, ANGLE, backend, 1, 40);
                Agent.GreedyPolicy policy = agent.greedy(2)) {
            float[] seen = {0.6f, 0.8f, -1, 0};
            float[][] chosen = new float[20][2];
            policy.begin();
            for (float[] each : chosen) {
                policy.act(seen, each);
            }
            assertFalse(Arrays.equals(chosen[0], chosen[1]));
            assertArrayEquals(chosen[16], chosen[19], "after the last step");
            float[] again = new float[2];
            policy.begin();
            policy.act(seen, again);
            assertArrayEquals(chosen[0], again);
            assertEquals(agent.act(new float[] {-1, 0})[0], again[1]);
        }
    }

    @Test
    void episodesOfAnotherLengthAreRefused() {
        try (Backend backend = new JavaBackend(1)) {
            assertEquals(
                    "horizon must be the steps of every episode, of which the last one had 16 (SOLAR needs"
                            + " episodes of one length), not 17",
                    assertThrows(
                            ArgumentException.class, () -> live(TINY, new TimeLimit(new PendulumAngle(), 16), backend,
                                    0, 40))
                            .getMessage());
            assertEquals("horizon must be the steps of an episode, which goes on after as many, not 17", assertThrows(
                    ArgumentException.class,
                    () -> live(TINY, new TimeLimit(new PendulumAngle(), 18), backend, 0, 40)).getMessage());
        }
        refused("horizon must be 16, the steps of an episode, not 17", new TimeLimit(new PendulumAngle(), 16));
        refused("episodes must be of as many steps each, not of any length", new Fork());
        refused("episodes must be of as many steps each, not shorter where it terminates", new TimeLimit(
                new CartPoleContinuous(), 17));
        TINY.check(Surroundings.of(ANGLE));
        assertEquals("capacity must be at least 36, the observations of the random rollouts and of a round, not 35",
                assertThrows(ArgumentException.class, () -> AgentSettings.with(TINY, Map.of("capacity", 35)))
                        .getMessage());
    }

    private static void refused(String message, Environment environment) {
        assertEquals(message, assertThrows(ArgumentException.class, () -> TINY.check(Surroundings.of(environment)))
                .getMessage());
    }

    /** Each code is that of the place: of the means of the potentials, a row at a time. */
    @Test
    void whereThePlaneIsIsDrawn(@TempDir Path directory) throws IOException {
        Environment navigation = new TimeLimit(new Navigation(), 17);
        Path file = directory.resolve("map.png");
        try (Backend backend = new JavaBackend(1); Solar agent = live(TINY, navigation, backend, 1, 40)) {
            AgentState.Counters before = agent.counters();
            agent.drawLatent(file, navigation);
            assertEquals(before, agent.counters(), "it is looked at alone");
            assertTrue(Files.size(file) > 0);
            int columns = navigation.observations().columns();
            float[] seen = new float[3 * columns];
            float[] one = new float[columns];
            for (int i = 0; i < 3; i++) {
                navigation.observe(navigation.place(i / 2.0, 0.25 * i).orElseThrow(), one);
                System.arraycopy(one, 0, seen, i * columns, columns);
            }
            float[] codes = agent.codes(seen);
            assertEquals(3 * 2, codes.length);
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(agent.codes(Arrays.copyOfRange(seen, i * columns, (i + 1) * columns)), Arrays
                        .copyOfRange(codes, 2 * i, 2 * i + 2));
            }
        }
        assertThrows(ArgumentException.class, () -> TINY.checkLatentPicture(ANGLE));
    }
}
