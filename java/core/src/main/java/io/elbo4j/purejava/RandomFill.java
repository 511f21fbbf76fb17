package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.numerics.Philox;
import io.elbo4j.operation.RandomFill.Normal;
import io.elbo4j.operation.RandomFill.Uniform;

/**
 * Random matrices. The Philox block (column / 4, row, draw) has the words w0 to w3 of four columns:
 *
 * <pre>
 * normal     boxMuller(w0, w1), boxMuller(w2, w3)
 * uniform    low + (high - low) u, u = (w >> 8) 2^-24
 * </pre>
 */
final class RandomFill {
    private RandomFill() {}

    static void normal(Normal op, long begin, long end) {
        Matrix target = op.target();
        Scratch scratch = Scratch.get();
        float[] eps = scratch.tile(0);
        int columns = (int) target.columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                normals(op.noise(), r, c, eps, n, scratch.words);
                store(eps, target, r, c, n);
            }
        }
    }

    static void uniform(Uniform op, long begin, long end) {
        Matrix target = op.target();
        float low = op.low();
        float range = op.high() - low;
        Scratch scratch = Scratch.get();
        float[] u = scratch.tile(0);
        int columns = (int) target.columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                uniforms(op.noise(), r, c, u, n, scratch.words);
                for (int i = 0; i < n; i++) {
                    u[i] = Math.fma(range, u[i], low);
                }
                store(u, target, r, c, n);
            }
        }
    }

    /** n standard normals of a row from a column on, a multiple of four; up to three more are overwritten. */
    static void normals(Noise noise, long row, int column, float[] eps, int n, int[] words) {
        words(noise, row, column, n, words);
        for (int i = 0; i < n; i += 2) {
            io.elbo4j.numerics.Normal.boxMuller(words[i], words[i + 1], eps, i);
        }
    }

    static void uniforms(Noise noise, long row, int column, float[] u, int n, int[] words) {
        words(noise, row, column, n, words);
        for (int i = 0; i < n; i++) {
            u[i] = io.elbo4j.numerics.Uniform.uniform01(words[i]);
        }
    }

    static void words(Noise noise, long row, int column, int n, int[] words) {
        long seed = noise.seed();
        long draw = noise.draw();
        int noiseRow = (int) (noise.firstRow() + row);
        for (int i = 0; i < n; i += Philox.WORDS) {
            Philox.block(seed, draw, noiseRow, (column + i) / Philox.WORDS, words, i);
        }
    }
}
