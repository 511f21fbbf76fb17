package io.elbo4j.control.environment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Step by step against what Gymnasium 1.3.0 and MuJoCo 3.14.0 made of the same states and actions
 * (tests/trajectories/record.py).
 */
class TrajectoriesTest {
    // Gymnasium keeps the mountain car's state and the pendulum's torque in float32
    @ParameterizedTest
    @CsvSource({"pendulum, 1e-7", "cart-pole, 1e-12", "mountain-car-continuous, 1e-7", "acrobot, 1e-10",
            "cart-pole-swing-up, 1e-9"})
    void aStepIsTheirs(String name, double tolerance) {
        Environment environment = Environments.named(name);
        int n = environment.stateSize();
        int actions = environment.actions().columns();
        int terminations = 0;
        List<double[]> lines = lines(name);
        assertEquals(200, lines.size());
        for (double[] line : lines) {
            double[] state = Arrays.copyOf(line, n);
            float[] action = new float[actions];
            for (int i = 0; i < actions; i++) {
                action[i] = (float) line[n + i];
            }
            double reward = environment.step(state, action, new Draws(0));
            String at = name + " " + Arrays.toString(line);
            assertEquals(line[n + actions], reward, tolerance, at);
            assertEquals(line[n + actions + 1] == 1, environment.terminated(state), at);
            terminations += environment.terminated(state) ? 1 : 0;
            for (int i = 0; i < n; i++) {
                double expected = line[n + actions + 2 + i];
                assertEquals(expected, state[i], tolerance * Math.max(1, Math.abs(expected)), at);
            }
        }
        boolean ends = List.of("cart-pole", "mountain-car-continuous", "acrobot").contains(name);
        assertEquals(ends, terminations > 0, "episodes that ended: " + terminations);
    }

    private static List<double[]> lines(String name) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(Objects.requireNonNull(
                TrajectoriesTest.class.getResourceAsStream(name + ".csv")), StandardCharsets.UTF_8))) {
            return lines.lines().map(line -> Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
