package io.elbo4j;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A fixed list of launches, planned once and run many times without allocating. Every worker takes the same share of
 * the items of every launch and waits for the others only where a launch needs what another worker's items wrote: a
 * training step of a VAE has two such points. Launches over the same items run block after block, so that what one
 * wrote is still in the cache when the next reads it.
 */
public final class Program {
    /** Less than this is run by the caller alone: waking a worker costs 5 to 50 us. */
    private static final double SPLIT_ABOVE_NANOS = 50_000;

    private record Group(long items, long blockItems, Launch[] launches) {
        void run(int worker, int workers) {
            long begin = share(worker, workers);
            long end = share(worker + 1, workers);
            for (long b = begin; b < end; ) {
                long e = end - b <= blockItems ? end : b + blockItems;
                for (Launch launch : launches) {
                    launch.run(b, e);
                }
                b = e;
            }
        }

        private long share(int worker, int workers) {
            return items / workers * worker + items % workers * worker / workers;
        }
    }

    private static final class Phase implements Workers.Job {
        private final Group[] groups;
        private final boolean split;

        Phase(List<Launch> launches) {
            List<Group> built = new ArrayList<>();
            List<Launch> same = new ArrayList<>();
            double nanos = 0;
            for (int i = 0; i < launches.size(); i++) {
                Launch launch = launches.get(i);
                nanos += launch.nanos();
                same.add(launch);
                if (i + 1 == launches.size() || launches.get(i + 1).items() != launch.items()) {
                    long block = same.stream().mapToLong(Launch::blockItems).min().orElseThrow();
                    built.add(new Group(launch.items(), block, same.toArray(Launch[]::new)));
                    same.clear();
                }
            }
            groups = built.toArray(Group[]::new);
            split = nanos > SPLIT_ABOVE_NANOS;
        }

        @Override
        public void run(int worker, int workers) {
            for (Group group : groups) {
                group.run(worker, workers);
            }
        }
    }

    private final Backend backend;
    private final Phase[] phases;
    private final Storage[] storages;

    public Program(Backend backend, List<Launch> launches) {
        this.backend = backend;
        List<Phase> built = new ArrayList<>();
        Set<Storage> used = new LinkedHashSet<>();
        List<Launch> phase = new ArrayList<>();
        for (Launch launch : launches) {
            if (launch.backend() != backend) {
                throw new IllegalArgumentException("launch " + launch.name() + " is for backend "
                        + launch.backend().name() + ", the program for " + backend.name());
            }
            launch.accesses().forEach(a -> used.add(a.storage()));
            if (phase.stream().anyMatch(launch::mustWaitFor)) {
                built.add(new Phase(phase));
                phase.clear();
            }
            phase.add(launch);
        }
        if (!phase.isEmpty()) {
            built.add(new Phase(phase));
        }
        phases = built.toArray(Phase[]::new);
        storages = used.toArray(Storage[]::new);
    }

    /** How many times the workers meet in one run. */
    public int phases() {
        return phases.length;
    }

    /** Runs every launch in order. */
    public void run() {
        backend.workers().requireOpen();
        for (Storage storage : storages) {
            storage.requireOpen();
        }
        for (Phase phase : phases) {
            if (phase.split) {
                backend.workers().run(phase);
            } else {
                phase.run(0, 1);
            }
        }
    }
}
