package io.elbo4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The launches of a phase, and what of each storage they touch, merged over launches that go through it item by item in
 * the same way: a sequence has hundreds of launches, one for each step and operation, in a handful of such ways.
 */
final class Touched {
    /** How the items of launches lie in a storage. */
    private record Way(long items, long itemStride, boolean write) {}

    /** Of all accesses of a way: the first item's window, and all elements. */
    private static final class Window {
        long begin = Long.MAX_VALUE;
        long width;
        long end;

        void add(Launch.Access access) {
            long last = Math.max(begin == Long.MAX_VALUE ? 0 : begin + width, access.offset() + access.width());
            begin = Math.min(begin, access.offset());
            width = last - begin;
            end = Math.max(end, access.end());
        }
    }

    private final List<Launch> launches = new ArrayList<>();
    private final Map<Storage, Map<Way, Window>> windows = new HashMap<>();

    void add(Launch launch) {
        launches.add(launch);
        for (Launch.Access access : launch.accesses()) {
            // what all items touch has no stride
            Way way = new Way(access.shared() ? -1 : launch.items(), access.itemStride(), access.write());
            windows.computeIfAbsent(access.storage(), s -> new HashMap<>()).computeIfAbsent(way, w -> new Window())
                    .add(access);
        }
    }

    void clear() {
        launches.clear();
        windows.clear();
    }

    /** Whether a launch must see one of these finished. */
    boolean mustFinishBefore(Launch launch) {
        return launch.accesses().stream().anyMatch(a -> mayConflict(launch, a)) && launches.stream().anyMatch(
                launch::mustWaitFor);
    }

    /** Seen as one access a way, which is wider than they are: what does not conflict with it conflicts with none. */
    private boolean mayConflict(Launch launch, Launch.Access access) {
        Map<Way, Window> ways = windows.getOrDefault(access.storage(), Map.of());
        return ways.entrySet().stream().anyMatch(e -> {
            Way way = e.getKey();
            Window window = e.getValue();
            return access.conflicts(new Launch.Access(access.storage(), window.begin, way.itemStride(), window.width,
                    window.end, way.write(), way.items() < 0), launch.items() == way.items());
        });
    }
}
