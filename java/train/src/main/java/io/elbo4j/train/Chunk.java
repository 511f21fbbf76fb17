package io.elbo4j.train;

import java.util.ArrayList;
import java.util.List;

/** Rows {@code begin} to {@code begin + rows} of a longer sequence, the {@code index}-th piece of it. */
record Chunk(int index, int begin, int rows) {
    /** Pieces of {@code size} rows; the last one may be shorter. */
    static List<Chunk> of(int total, int size) {
        List<Chunk> chunks = new ArrayList<>();
        for (int begin = 0; begin < total; begin += size) {
            chunks.add(new Chunk(chunks.size(), begin, Math.min(size, total - begin)));
        }
        return chunks;
    }
}
