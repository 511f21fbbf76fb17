package io.elbo4j;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Frees native memory that nobody closed, once its owner is garbage, and counts it. The owner of a matrix closes it;
 * this is the backup, and a count above 0 after a garbage collection is a bug of the program.
 */
public final class Leaks {
    private static final AtomicLong COUNT = new AtomicLong();
    private static final Cleaner CLEANER = Cleaner.create();

    private Leaks() {}

    /** How many storages of this process have been freed by the garbage collector instead of {@code close}. */
    public static long count() {
        return COUNT.get();
    }

    /** @param then must not hold the object, not even indirectly */
    static void whenCollected(Object object, Runnable then) {
        CLEANER.register(object, then);
    }

    /** Frees exactly once: when closed, or when its owner is garbage, which is a leak. */
    public static final class Guard implements AutoCloseable {
        private final Release release;
        private final Cleaner.Cleanable cleanable;

        /** @param free must not hold the owner, not even indirectly: it would never become garbage */
        public Guard(Object owner, Runnable free) {
            release = new Release(free);
            cleanable = CLEANER.register(owner, release);
        }

        @Override
        public void close() {
            release.closed = true;
            cleanable.clean();
        }
    }

    private static final class Release implements Runnable {
        private final Runnable free;
        private volatile boolean closed;

        Release(Runnable free) {
            this.free = free;
        }

        @Override
        public void run() {
            if (!closed) {
                COUNT.incrementAndGet();
            }
            free.run();
        }
    }
}
