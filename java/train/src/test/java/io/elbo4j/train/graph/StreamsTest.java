package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Dense;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Noise by name. */
class StreamsTest {
    /** The reference is FNV's published hash of "foobar", and SplitMix64's published outputs for the seed 1234567. */
    @Test
    void keysArePublishedFunctionsOfTheName() {
        long gamma = 0x9E3779B97F4A7C15L;
        assertEquals(6457827717110365317L, mix(1234567 + gamma));
        assertEquals(3203168211198807973L, mix(1234567 + 2 * gamma));
        assertEquals(mix(42 ^ mix(0x85944171F73967E8L)), Streams.named(42, "foobar", Streams.TRAINING).seed());
        assertEquals(3L << 40, Streams.named(42, "foobar", Streams.TRAINING).draw());
    }

    private static long mix(long z) {
        long a = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ a >>> 27) * 0x94D049BB133111EBL;
        return b ^ b >>> 31;
    }

    @Test
    void namesAndSeedsHaveKeysOfTheirOwn() {
        Set<Long> keys = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            for (long seed = -5; seed < 5; seed++) {
                assertTrue(keys.add(Streams.named(seed, "encoder." + i, Streams.TRAINING).seed()));
            }
        }
    }

    private record Drawn(float[] weight, float[] z) {
        static Drawn of(Graph g, Value x, Value z) {
            try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, g.parameters(), 3);
                    Step step = Step.of(g, p, backend).rows(4).seed(3).want(z).compile()) {
                step.value(x).set(1, 2, 3, 4, 5, 6, 7, 8);
                step.run(5);
                return new Drawn(p.all().get(p.all().size() - 1).value().toArray(), step.value(z).toArray());
            }
        }
    }

    @Test
    void addingANodeMovesNoOthersNoise() {
        Graph alone = new Graph();
        Value x = alone.input("x", 2);
        Drawn expected = Drawn.of(alone, x, alone.latent("z", DiagonalGaussian.of("q", x, 2)));
        Graph among = new Graph();
        Value y = among.input("y", 2);
        among.latent("before", DiagonalGaussian.of("q before", Dense.of("d", y, 3, Activation.RELU), 2));
        Drawn found = Drawn.of(among, y, among.latent("z", DiagonalGaussian.of("q", y, 2)));
        assertArrayEquals(expected.weight(), found.weight());
        assertArrayEquals(expected.z(), found.z());
        Graph other = new Graph();
        Value w = other.input("x", 2);
        assertFalse(Arrays.equals(expected.z(), Drawn.of(other, w, other.latent("z'", DiagonalGaussian.of("q", w, 2)))
                .z()), "another name, other noise");
    }
}
