package io.elbo4j.train.graph;

import io.elbo4j.Launch;
import io.elbo4j.Storage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From which launch to which each temporary buffer of a planned step is needed. */
final class Lifetimes {
    /** The first and the last launch that touch a buffer. */
    record Span(int first, int last) {
        boolean has(int launch) {
            return first <= launch && launch <= last;
        }
    }

    private final Map<Buffers.Key, Span> temporary = new HashMap<>();
    private final long peak;

    /**
     * What is read before it is written comes from outside the run, and stays.
     *
     * @param kept what is read after a run
     */
    Lifetimes(Buffers planned, List<Launch> launches, Set<Storage> kept) {
        Map<Storage, Span> spans = new HashMap<>();
        Map<Storage, Boolean> writtenFirst = new HashMap<>();
        for (int i = 0; i < launches.size(); i++) {
            int at = i;
            launches.get(i).forEachAccess((storage, write) -> {
                writtenFirst.merge(storage, write, (first, later) -> first);
                spans.merge(storage, new Span(at, at), (a, b) -> new Span(a.first(), b.last()));
            });
        }
        long[] live = new long[launches.size() + 1];
        planned.all().forEach((key, buffer) -> {
            Storage storage = buffer.matrix().storage();
            Span span = spans.get(storage);
            boolean stays = span == null || kept.contains(storage) || !writtenFirst.get(storage);
            if (!stays) {
                temporary.put(key, span);
            }
            for (int i = stays ? 0 : span.first(); i <= (stays ? launches.size() : span.last()); i++) {
                live[i] += storage.elements();
            }
        });
        long most = 0;
        for (long elements : live) {
            most = Math.max(most, elements);
        }
        peak = most;
    }

    /** Null for a buffer that stays. */
    @Nullable
    Span temporary(Buffers.Key key) {
        return temporary.get(key);
    }

    /** The most elements that are needed at one time. */
    long peak() {
        return peak;
    }
}
