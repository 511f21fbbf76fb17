package io.elbo4j.train.graph;

import java.util.concurrent.locks.ReentrantLock;

/** Sees that one thread at a time uses something whose calls belong together, so that taking turns would not help. */
final class Turn {
    private static final class Named extends ReentrantLock {
        private static final long serialVersionUID = 1;

        String owner() {
            Thread owner = getOwner();
            return owner == null ? "another thread" : "thread '" + owner.getName() + "'";
        }
    }

    private final Named lock = new Named();
    private final String what;

    Turn(String what) {
        this.what = what;
    }

    /** @throws IllegalStateException naming the thread that has it */
    void begin() {
        if (!lock.tryLock()) {
            throw new IllegalStateException(what + " is being used by " + lock.owner() + ": one thread at a time can"
                    + " use it");
        }
    }

    /** After the call of the thread that has it. */
    void await() {
        lock.lock();
    }

    void end() {
        lock.unlock();
    }
}
