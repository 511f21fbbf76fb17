package io.elbo4j;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Who is using something that another thread may close. Closing refuses new users at once; what is closed ends once,
 * when nobody uses it any more: its last user ends it, or who closes it.
 */
public final class Uses {
    private static final int CLOSED = Integer.MIN_VALUE;
    /** More than there can be users. */
    private static final int ALONE = 1 << 30;

    private final Supplier<String> what;
    private final Runnable end;
    /** How many users there are, or that there is one who is alone; and whether it is closed. */
    private final AtomicInteger state = new AtomicInteger();
    private boolean ended;

    /**
     * @param what the beginning of the sentences with which users are refused, as "this file has"
     * @param end what to do when it is closed and unused; called once
     */
    public Uses(Supplier<String> what, Runnable end) {
        this.what = what;
        this.end = end;
    }

    /** @throws IllegalStateException once it is closed, or while somebody else must be alone with it */
    public void begin() {
        int now = state.get();
        while (!state.compareAndSet(requireUsable(now), now + 1)) {
            now = state.get();
        }
    }

    private int requireUsable(int now) {
        if (now < 0) {
            throw closed();
        }
        if (now >= ALONE) {
            throw new IllegalStateException(what.get() + " been taken by another thread, which is changing them");
        }
        return now;
    }

    public void end() {
        leave(1);
    }

    /** As {@link #begin}, but nobody else may use it until {@link #endAlone}. */
    void beginAlone() {
        if (!state.compareAndSet(0, ALONE)) {
            requireOpen();
            throw new IllegalStateException(what.get() + " been taken by a program that runs: they can be changed when"
                    + " it has ended");
        }
    }

    void endAlone() {
        leave(ALONE);
    }

    /** Ends the first {@code count} uses, the last first; an exception of one does not keep the others. */
    static void end(Uses[] uses, int count) {
        Throwable failed = null;
        for (int i = count - 1; i >= 0; i--) {
            try {
                uses[i].end();
            } catch (RuntimeException | Error e) {
                failed = e;
            }
        }
        if (failed instanceof Error error) {
            throw error;
        }
        if (failed != null) {
            throw (RuntimeException) failed;
        }
    }

    private void leave(int share) {
        if (state.addAndGet(-share) == CLOSED) {
            finish();
        }
    }

    private void finish() {
        try {
            end.run();
        } finally {
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }
    }

    /** @throws IllegalStateException once it is closed */
    public void requireOpen() {
        if (state.get() < 0) {
            throw closed();
        }
    }

    /** For its users, for whom it goes on when somebody closes it. */
    void requireNotEnded() {
        if (state.get() == CLOSED) {
            throw closed();
        }
    }

    private IllegalStateException closed() {
        return new IllegalStateException(what.get() + " been closed");
    }

    /** Returns at once; nothing happens if it was closed before. */
    public void close() {
        if (state.getAndUpdate(now -> now | CLOSED) == 0) {
            finish();
        }
    }

    /**
     * Returns when nobody uses it any more.
     *
     * @throws IllegalStateException inside a launch, which may be what it would wait for
     */
    void closeAndWait() {
        Launch.requireOutside(what.get() + " not been closed");
        close();
        boolean interrupted = false;
        synchronized (this) {
            while (!ended) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
