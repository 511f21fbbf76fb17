package io.elbo4j.train.worker;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What worker 0 has, for all of them, by sums to which the others add nothing: a -0 changes no number. Bits are kept
 * but for those of a NaN.
 */
public final class Broadcast {
    private static final float NOTHING = -0f;
    /** So many bits of a whole number are a float. */
    private static final int BITS = 16;
    private static final int PARTS = Long.SIZE / BITS;
    /** Floats at a time. */
    private static final int PIECE = 1 << 20;

    private Broadcast() {}

    private static void numbers(Exchange exchange, float[] own) {
        if (exchange.rank() != 0) {
            Arrays.fill(own, NOTHING);
        }
        exchange.sum(own);
    }

    /** Of worker 0. */
    public static long[] longs(Exchange exchange, long... own) {
        float[] parts = new float[own.length * PARTS];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = own[i / PARTS] >>> i % PARTS * BITS & (1 << BITS) - 1;
        }
        numbers(exchange, parts);
        long[] of0 = new long[own.length];
        for (int i = 0; i < parts.length; i++) {
            of0[i / PARTS] |= (long) parts[i] << i % PARTS * BITS;
        }
        return of0;
    }

    /** Of worker 0; the others give any. */
    public static String text(Exchange exchange, String own) {
        byte[] bytes = own.getBytes(StandardCharsets.UTF_8);
        int length = (int) longs(exchange, bytes.length)[0];
        float[] each = new float[length];
        for (int i = 0; i < Math.min(length, bytes.length); i++) {
            each[i] = bytes[i];
        }
        numbers(exchange, each);
        byte[] of0 = new byte[length];
        for (int i = 0; i < length; i++) {
            of0[i] = (byte) each[i];
        }
        return new String(of0, StandardCharsets.UTF_8);
    }

    /** In place; all of them have as many rows and columns on every worker. */
    public static void matrices(Exchange exchange, List<Matrix> all) {
        for (Matrix m : all) {
            Matrix row = m.reshape(1, m.rows() * m.columns());
            for (long from = 0; from < row.columns(); from += PIECE) {
                Matrix piece = row.columns(from, Math.min(from + PIECE, row.columns()));
                float[] values = piece.toArray();
                numbers(exchange, values);
                piece.set(values);
            }
        }
    }
}
