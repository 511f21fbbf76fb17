package io.elbo4j.cli;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C, or a plain kill: as long as this is open, the process ends only after it is closed, with the signal's exit
 * code (130 for Ctrl-C), which Java sets itself.
 */
final class Interrupt implements AutoCloseable {
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean requested;

    Interrupt(PrintStream err) {
        hook = new Thread(() -> {
            requested = true;
            err.println();
            err.println("stopping after this step, or picture ...");
            awaitFinished();
            err.flush();
        }, "elbo4j-interrupt");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    boolean requested() {
        return requested;
    }

    private void awaitFinished() {
        boolean waiting = true;
        while (waiting) {
            try {
                finished.await();
                waiting = false;
            } catch (InterruptedException e) {
                // nothing but the end of the work may end the wait: a checkpoint is being written
            }
        }
    }

    @Override
    public void close() {
        finished.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the process is ending this very moment, which the hook no longer delays
            }
        }
    }
}
