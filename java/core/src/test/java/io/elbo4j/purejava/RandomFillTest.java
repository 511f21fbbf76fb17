package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Noise;
import io.elbo4j.operation.Binarise.Forward;
import io.elbo4j.operation.RandomFill.Normal;
import io.elbo4j.operation.RandomFill.Uniform;
import org.junit.jupiter.api.Test;

class RandomFillTest {
    private static final long SEED = 0x123456789abcdefL;
    private static final Noise NOISE = new Noise(SEED, 0xabcdef).step(0x9876543210L);
    private static final int ROWS = 3;

    /** The known answers of Random123 1.14.0, tests/kat_vectors. */
    @Test
    void referencePhiloxGivesPublishedWords() {
        assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, References.philox(0, 0, 0, 0));
        assertArrayEquals(
                new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, References.philox(-1, -1, -1, -1));
        assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
                References.philox(0x299f31d0a4093822L, 0x0370734413198a2eL, 0x85a308d3, 0x243f6a88));
    }

    @Test
    void normalsAreBoxMullerOfTheWords() {
        for (int d : SIZES) {
            Guarded out = new Guarded(ROWS, d);
            Guarded.assertSplits(ROWS, false, (b, e) -> new Normal(NOISE, out.matrix).run(b, e), out);
            float[] eps = out.values();
            for (int i = 0; i < eps.length; i++) {
                assertNear(
                        References.normal(SEED, NOISE.draw(), i / d, i % d), eps[i], 2e-6, "normal " + i + " of " + d);
            }
        }
    }

    @Test
    void uniformsAreTheTop24Bits() {
        for (int d : SIZES) {
            Guarded out = new Guarded(ROWS, d);
            Guarded.assertSplits(ROWS, false, (b, e) -> new Uniform(NOISE, 0, 1, out.matrix).run(b, e), out);
            Guarded scaled = new Guarded(ROWS, d);
            new Uniform(NOISE, -0.3f, 0.7f, scaled.matrix).run(0, ROWS);
            float[] u = out.values();
            float[] v = scaled.values();
            for (int i = 0; i < u.length; i++) {
                double exact =
                        Integer.toUnsignedLong(References.word(SEED, NOISE.draw(), i / d, i % d) & ~0xff) * 0x1p-32;
                assertEquals(exact, u[i], "uniform " + i + " of " + d);
                assertNear(-0.3 + exact, v[i], 2 * References.ROUNDING, "scaled " + i + " of " + d);
            }
        }
    }

    @Test
    void binariseComparesTheUniform() {
        for (int d : SIZES) {
            float[] p = new float[ROWS * d];
            for (int i = 0; i < p.length; i++) {
                double u = Integer.toUnsignedLong(References.word(SEED, NOISE.draw(), i / d, i % d) & ~0xff) * 0x1p-32;
                float[] choices = {
                        (float) u, Math.nextUp((float) u), 0, 1, Float.NaN, -1, Float.POSITIVE_INFINITY, -0.0f};
                p[i] = choices[i % choices.length];
            }
            float[] expected = new float[p.length];
            float[] ofChoice = {0, 1, 0, 1, Float.NaN, 0, 1, 0};
            for (int i = 0; i < p.length; i++) {
                expected[i] = ofChoice[i % ofChoice.length];
            }
            Guarded in = new Guarded(ROWS, d, p);
            Guarded out = new Guarded(ROWS, d);
            Guarded.assertSplits(
                    ROWS, false, (b, e) -> new Forward(in.matrix, NOISE, out.matrix).run(b, e), out);
            float[] actual = out.values();
            for (int i = 0; i < p.length; i++) {
                assertSame(expected[i], actual[i], "element " + i + " of " + d);
            }
        }
    }

    @Test
    void noiseIsReadWhenTheKernelRuns() {
        Noise noise = new Noise(SEED, 1);
        Guarded first = new Guarded(1, 9);
        Guarded second = new Guarded(1, 9);
        new Normal(noise.step(5), first.matrix).run(0, 1);
        new Normal(noise.step(6), second.matrix).run(0, 1);
        new Normal(noise.step(5), second.matrix).run(0, 1);
        assertBits(first.values(), second.values(), "the same step again");
    }
}
