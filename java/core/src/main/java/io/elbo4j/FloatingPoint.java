package io.elbo4j;

/**
 * Whether a thread computes as Java says: to nearest, with denormals. Native code of others that runs in a thread can
 * change that for all Java code that runs there later, and Java cannot change it back.
 */
public final class FloatingPoint {
    // volatile: read anew each time, and unknown to the compiler, which would compute with them when it compiles
    private static volatile float one = 1;
    private static volatile float little = 0x1p-30f;
    private static volatile float smallestNormal = Float.MIN_NORMAL;
    private static volatile float denormal = 0x1p-128f;

    private FloatingPoint() {}

    /** @throws IllegalStateException unless this thread rounds to nearest and keeps denormals */
    public static void requireDefault() {
        if (!nearest() || !denormals()) {
            throw refused();
        }
    }

    /** @throws IllegalStateException unless this thread rounds to nearest */
    public static void requireNearest() {
        if (!nearest()) {
            throw refused();
        }
    }

    private static boolean nearest() {
        float x = one;
        float d = little;
        return x + d == x && x - d == x && -x - d == -x;
    }

    /** As operands, and as results; unlike a product, a sum that is one takes no longer than others. */
    private static boolean denormals() {
        float d = denormal;
        return d != 0 && smallestNormal - d != 0;
    }

    private static IllegalStateException refused() {
        // nobody calls a worker, nor can choose another
        String advice = Workers.isWorker()
                ? "Close its backend and open another, which has threads of its own, and have that code restore them"
                : "Call elbo4j in another thread, or have that code restore them";
        return new IllegalStateException("thread " + Quoted.of(Thread.currentThread().getName()) + " " + found()
                + ", which would give other bits: native code that ran in it has left the processor's floating-point"
                + " settings changed, and Java cannot set them back. " + advice);
    }

    private static String found() {
        if (!nearest()) {
            return one + little != one ? "rounds upwards" : -one - little != -one ? "rounds downwards"
                    : "rounds towards zero";
        }
        return "flushes denormals to zero";
    }
}
