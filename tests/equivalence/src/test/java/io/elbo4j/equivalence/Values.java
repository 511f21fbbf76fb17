package io.elbo4j.equivalence;

import io.elbo4j.numerics.Normal;
import io.elbo4j.numerics.Philox;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Classes of input values. Every one is a function of a seed, the same in every language that has Philox. */
enum Values {
    /** standard normal numbers */
    NORMAL {
        @Override
        float value(int a, int b, float[] normals) {
            return normals[0];
        }
    },
    /** any of the 2^32 bit patterns: denormals, huge numbers, infinities and NaNs among them */
    BITS {
        @Override
        float value(int a, int b, float[] normals) {
            return Float.intBitsToFloat(a);
        }
    },
    /** the special values of float32, and of the functions' ranges, in any mixture with ordinary ones */
    SPECIAL {
        private final float[] special = {0f, -0f, 1f, -1f, 0.5f, Float.MIN_VALUE, -Float.MIN_VALUE, 0x1p-126f,
                -0x1.fffffcp-127f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
                Float.NaN, 88.5f, 89f, 90f, -87f, -86.9f, -104f, 177f, -175f, 0x1p-100f, 0x1p-101f, 1e-7f, 17f, -17f,
                9f,
                -9f, 1e30f, -1e30f, 0x1.fffffep-1f};

        @Override
        float value(int a, int b, float[] normals) {
            return (a & 1) == 0 ? normals[0] : special[(b >>> 8) % special.length];
        }
    },

    /** huge numbers that cancel among ordinary ones: a sum shows in which order it was added */
    CANCELLING {
        @Override
        float value(int a, int b, float[] normals) {
            return (a & 3) != 0 ? normals[0] : (a & 4) == 0 ? 0x1p60f : -0x1p60f;
        }
    };

    private record Drawn(Values kind, long seed, int count) {}

    /** Those drawn last: every backend gets the operands of a case, and to draw them takes longer than most cases. */
    private static final Map<Drawn, float[]> LAST = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Drawn, float[]> eldest) {
            return size() > 32;
        }
    });

    abstract float value(int a, int b, float[] normals);

    /** {@code count} numbers, not to be written to: element i is keyed by (seed, i). */
    float[] draw(long seed, int count) {
        return LAST.computeIfAbsent(new Drawn(this, seed, count), Values::draw);
    }

    private static float[] draw(Drawn of) {
        return of.kind().drawn(of.seed(), of.count());
    }

    private float[] drawn(long seed, int count) {
        float[] out = new float[count];
        int[] words = new int[4];
        float[] normals = new float[2];
        for (int i = 0; i < count; i++) {
            Philox.block(seed, 0, 0, i, words, 0);
            Normal.boxMuller(words[0], words[1], normals, 0);
            out[i] = value(words[2], words[3], normals);
        }
        return out;
    }
}
