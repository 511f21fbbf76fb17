package io.elbo4j;

/** Whether a thread is running the body of a launch, where waiting for a launch would never end. */
final class Inside {
    // values of the JVM's own, so that nothing of ours stays with the threads of a server
    private static final ThreadLocal<Boolean> INSIDE = new ThreadLocal<>();

    private Inside() {}

    static boolean isInside() {
        return Workers.isWorker() || INSIDE.get() == Boolean.TRUE;
    }

    static void enter() {
        INSIDE.set(Boolean.TRUE);
    }

    static void leave() {
        INSIDE.set(Boolean.FALSE);
    }
}
