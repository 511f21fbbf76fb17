package io.elbo4j.equivalence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Comparison and digests of float32 results by their bit patterns; any NaN equals any other. */
final class Bits {
    private Bits() {}

    static int of(float x) {
        return x != x ? 0x7fc00000 : Float.floatToRawIntBits(x);
    }

    /** Null if equal, else where they first differ and how often. */
    static String difference(List<float[]> expected, List<float[]> actual) {
        for (int o = 0; o < expected.size(); o++) {
            float[] e = expected.get(o);
            float[] a = actual.get(o);
            int first = -1;
            int count = 0;
            for (int i = 0; i < e.length; i++) {
                if (of(e[i]) != of(a[i])) {
                    first = first < 0 ? i : first;
                    count++;
                }
            }
            if (count > 0) {
                return String.format("output %d: %d of %d elements differ, the first at %d: expected %a (%08x), got %a"
                        + " (%08x)", o, count, e.length, first, e[first], of(e[first]), a[first], of(a[first]));
            }
        }
        return null;
    }

    /** SHA-256 of all results in order, each element its 4 bytes, little-endian, NaN as 7fc00000. */
    static String sha256(List<float[]> results) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (float[] values : results) {
                ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
                for (float v : values) {
                    bytes.putInt(of(v));
                }
                digest.update(bytes.array());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
