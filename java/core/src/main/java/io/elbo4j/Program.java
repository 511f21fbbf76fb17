package io.elbo4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A fixed list of launches, planned once and run many times without allocating. Every worker takes the same share of
 * the items of every launch and waits for the others only where a launch needs what another worker's items wrote: a
 * training step of a VAE has two such points. Launches over the same items run block after block, so that what one
 * wrote is still in the cache when the next reads it.
 *
 * <p>On a device the launches run one after the other on its stream; from the second run on they are replayed as one
 * graph. What changes between runs ({@link Noise}, {@link AdamStep}, the position of {@link Indices}) is read anew by
 * each run.
 *
 * <p>Threads that run the same program take turns: n runs change its matrices n times. Threads may run different
 * programs at the same time, also of one backend, as long as none writes what another touches; nobody guards that. What
 * changes between runs belongs to the thread that runs: another one must not set it meanwhile.
 */
public final class Program implements AutoCloseable {
    /** Runs the launches of one program on a device, in order, each over all its items. */
    public interface Executor extends AutoCloseable {
        void run();

        /** How many nodes the graph that it replays has; 0 where it replays none. */
        long nodes();

        @Override
        void close();
    }

    /** Less than this is run by the caller alone: waking a worker costs 5 to 50 us. */
    private static final double SPLIT_ABOVE_NANOS = 50_000;
    private static final int PIECES_OF_A_WORKER = 8;
    /** Rows of a product share what is packed of its other operand, columns of a sum the cache lines. */
    private static final int ITEMS_OF_A_PIECE = 512;

    private record Group(long items, long blockItems, Launch.Body[] bodies) {
        void run(int worker, int workers) {
            run(share(worker, workers), share(worker + 1, workers));
        }

        void run(long begin, long end) {
            for (long b = begin; b < end;) {
                long e = end - b <= blockItems ? end : b + blockItems;
                for (Launch.Body body : bodies) {
                    body.run(b, e);
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
        private final boolean java;
        private final boolean alone;
        private final AtomicInteger taken = new AtomicInteger();

        /** Launches {@code begin} (inclusive) to {@code end} (exclusive) of a program and what runs them on a host. */
        Phase(Launch[] launches, Launch.Body[] bodies, int begin, int end) {
            this.alone = launches.length == 1;
            List<Group> built = new ArrayList<>();
            double nanos = 0;
            long block = Long.MAX_VALUE;
            int first = begin;
            for (int i = begin; i < end; i++) {
                nanos += launches[i].nanos();
                block = Math.min(block, launches[i].blockItems());
                if (i + 1 == end || launches[i + 1].items() != launches[i].items()) {
                    built.add(new Group(launches[i].items(), block, Arrays.copyOfRange(bodies, first, i + 1)));
                    block = Long.MAX_VALUE;
                    first = i + 1;
                }
            }
            groups = built.toArray(Group[]::new);
            java = launches[begin].backend().memory() == Backend.Memory.HEAP;
            split = nanos > SPLIT_ABOVE_NANOS;
        }

        /** Before each run. */
        void begin() {
            taken.setPlain(0);
        }

        @Override
        public void run(int worker, int workers) {
            if (java && worker > 0) {
                FloatingPoint.requireDefault();
            }
            if (alone && workers > 1) {
                takePieces(groups[0], workers);
                return;
            }
            for (Group group : groups) {
                group.run(worker, workers);
            }
        }

        /**
         * Cores are not equally fast at all times. In a longer program a worker keeps its share: launches that follow
         * each other need the same items, and the next run finds its items in the cache.
         */
        private void takePieces(Group group, int workers) {
            long most = Math.min((long) workers * PIECES_OF_A_WORKER, group.items() / ITEMS_OF_A_PIECE);
            int pieces = (int) Math.max(workers, most);
            for (int piece = taken.getAndIncrement(); piece < pieces; piece = taken.getAndIncrement()) {
                group.run(piece, pieces);
            }
        }
    }

    private final Backend backend;
    private final Launch[] launches;
    private final Kernel[] kernels;
    private final Phase[] phases;
    private final Uses[] uses;
    private final @Nullable Executor executor;
    private final Object running = new Object();
    private boolean closed;

    public Program(Backend backend, List<Launch> launches) {
        this(backend, launches, true);
    }

    /** A program whose bodies read more that changes between runs: each run runs them, also on a device. */
    public static Program notReplayed(Backend backend, List<Launch> launches) {
        return new Program(backend, launches, false);
    }

    private Program(Backend backend, List<Launch> launches, boolean replayed) {
        this.backend = backend;
        this.launches = launches.toArray(Launch[]::new);
        Set<Uses> used = new LinkedHashSet<>();
        used.add(backend.uses());
        for (Launch launch : this.launches) {
            if (launch.backend() != backend) {
                throw new IllegalArgumentException("launch " + launch.name() + " is for backend "
                        + launch.backend().name() + ", the program for " + backend.name());
            }
            for (Launch.Access access : launch.accesses()) {
                used.add(access.storage().uses());
            }
            for (Indices indices : launch.indices()) {
                used.add(indices.uses());
            }
        }
        executor = backend.executor(List.copyOf(launches), replayed);
        Launch.Body[] bodies = new Launch.Body[this.launches.length];
        List<Kernel> bound = new ArrayList<>();
        List<Phase> built = new ArrayList<>();
        Touched touched = new Touched();
        int begin = 0;
        for (int i = 0; i < bodies.length; i++) {
            // on a device the executor binds them
            bodies[i] = executor == null ? this.launches[i].bind() : this.launches[i].body();
            if (bodies[i] instanceof Kernel kernel) {
                bound.add(kernel);
            }
            if (touched.mustFinishBefore(this.launches[i])) {
                built.add(new Phase(this.launches, bodies, begin, i));
                begin = i;
                touched.clear();
            }
            touched.add(this.launches[i]);
        }
        if (begin < bodies.length) {
            built.add(new Phase(this.launches, bodies, begin, bodies.length));
        }
        phases = built.toArray(Phase[]::new);
        uses = used.toArray(Uses[]::new);
        kernels = bound.toArray(Kernel[]::new);
    }

    /** How many kernels and copies a run is on a device, once it is replayed as a graph; 0 before, and on a host. */
    public long nodes() {
        Launch.requireOutside("the nodes of a program cannot be counted");
        synchronized (running) {
            return executor == null ? 0 : executor.nodes();
        }
    }

    /** How many times the workers meet in one run. */
    public int phases() {
        return phases.length;
    }

    /**
     * Runs every launch in order, after the run of another thread. On a device it returns once the work is queued. What
     * other threads close meanwhile is freed after the run.
     *
     * @throws IllegalStateException if the program, its backend or memory that it uses has been closed, if row numbers
     *     that it reads are being set, inside a launch, and on the java backend in a thread whose arithmetic is not
     *     Java's; before anything has run
     */
    public void run() {
        Launch.requireOutside("a program cannot be run");
        synchronized (running) {
            if (closed) {
                throw new IllegalStateException("this program has been closed");
            }
            int begun = 0;
            Inside.enter();
            try {
                while (begun < uses.length) {
                    uses[begun].begin();
                    begun++;
                }
                if (backend.memory() == Backend.Memory.HEAP) {
                    FloatingPoint.requireDefault();
                }
                for (Launch launch : launches) {
                    launch.check();
                }
                runAll();
            } finally {
                Inside.leave();
                Uses.end(uses, begun);
            }
        }
    }

    private void runAll() {
        if (executor != null) {
            executor.run();
            return;
        }
        for (Kernel kernel : kernels) {
            kernel.prepare();
        }
        for (Phase phase : phases) {
            if (phase.split) {
                phase.begin();
                backend.workers().run(phase);
            } else {
                phase.run(0, 1);
            }
        }
    }

    /**
     * Frees what a device keeps for this program, after the run of another thread; not the matrices. Needed for
     * programs that run more than once.
     *
     * @throws IllegalStateException inside a launch, which may be what it would wait for
     */
    @Override
    public void close() {
        Launch.requireOutside("a program cannot be closed");
        synchronized (running) {
            closed = true;
            if (executor != null) {
                executor.close();
            }
        }
    }
}
