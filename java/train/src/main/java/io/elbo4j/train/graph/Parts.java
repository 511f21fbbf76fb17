package io.elbo4j.train.graph;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which launches of a step a run leaves out, because no training that needs them is due. What such a part writes is
 * read by those parts alone that the same trainings need, or some of them: so no run reads what it has not computed.
 */
final class Parts {
    /** Launches {@code begin} (inclusive) to {@code end} (exclusive), and the trainings that need them. */
    private record Part(int begin, int end, BitSet needed) {}

    private final List<Part> parts = new ArrayList<>();

    void add(int begin, int end, BitSet needed) {
        parts.add(new Part(begin, end, needed));
    }

    /**
     * The numbers of the launches that run.
     *
     * @param due the numbers of the trainings
     */
    BitSet run(BitSet due, int launches) {
        BitSet run = new BitSet();
        run.set(0, launches);
        for (Part part : parts) {
            if (!part.needed().intersects(due)) {
                run.clear(part.begin(), part.end());
            }
        }
        return run;
    }
}
