package io.elbo4j;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of a memory outside the Java heap the matrices of this process have. The garbage collector does not
 * see them: it would leave those of forgotten matrices, which are small objects, until the Java heap is full. So it is
 * called where these bytes have grown by half, and by a quarter of the largest Java heap and 64 MB at least, since it
 * last was; and before memory is refused. Where all matrices are closed and no more memory is used than before, it is
 * never called. Each memory is counted for itself: much of one must not let forget as much of the other.
 */
public enum NativeBytes {
    HOST,
    /** Of all devices. */
    DEVICE;

    private static final long MOST_MILLIS = 500;
    private static final long LOOK_MILLIS = 2;
    /** So often in a row nothing was freed: a busy machine must not make memory that could be freed be refused. */
    private static final int LOOKS_BEFORE_REFUSING = 25;

    private final long least = Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4);
    private final AtomicLong live = new AtomicLong();
    private volatile long limit = least;
    private volatile int collections;

    public long live() {
        return live.get();
    }

    /** After that many bytes were allocated. */
    public void add(long bytes) {
        if (live.addAndGet(bytes) > limit) {
            collect(false);
        }
    }

    /** After that many bytes were freed. */
    public void remove(long bytes) {
        live.addAndGet(-bytes);
    }

    /** Has forgotten memory freed, where allocating has failed; returns whether it is worth another try. */
    public boolean collect() {
        if (live.get() == 0) {
            return false;
        }
        collect(true);
        return true;
    }

    /** One thread at a time; those that waited for it have what it collected. */
    private void collect(boolean always) {
        int before = collections;
        synchronized (this) {
            if (collections == before && (always || live.get() > limit)) {
                awaitCollection(always ? LOOKS_BEFORE_REFUSING : 1);
                long left = live.get();
                limit = left + Math.max(least, left / 2);
                collections++;
            }
        }
    }

    /** An interrupt must not cost the memory that is there: it is seen to when this has ended. */
    private void awaitCollection(int looks) {
        CountDownLatch found = new CountDownLatch(1);
        Leaks.whenCollected(new Object(), found::countDown);
        System.gc();
        boolean interrupted = false;
        boolean freed = false;
        while (!freed) {
            try {
                awaitFreed(found, looks);
                freed = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Forgotten memory is freed by another thread, soon after it was found, in any order. */
    private void awaitFreed(CountDownLatch found, int looks) throws InterruptedException {
        // not for ever: the JVM may be told to collect nothing when asked (-XX:+DisableExplicitGC)
        int left = found.await(MOST_MILLIS, TimeUnit.MILLISECONDS) ? looks : 0;
        for (long i = 0; left > 0 && i < MOST_MILLIS / LOOK_MILLIS; i++) {
            long before = live.get();
            Thread.sleep(LOOK_MILLIS);
            left = live.get() < before ? looks : left - 1;
        }
    }
}
