package io.elbo4j.cuda;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/** A number as a pointer: JavaCPP has no other way from one to the other. Such pointers own nothing. */
final class CudaAddress extends Pointer {
    CudaAddress(long address) {
        this.address = address;
    }

    /** Where a pointer of any type points to; {@link Pointer#address()} leaves out its position. */
    static long of(Pointer pointer) {
        return pointer.address() + pointer.position() * pointer.sizeof();
    }

    /** A pointer that keeps alive what it points into, for as long as a native call has it. */
    static class Floats extends FloatPointer {
        private final Object owner;

        Floats(long address, Object owner) {
            super((Pointer) null);
            this.address = address;
            this.owner = owner;
        }

        Object owner() {
            return owner;
        }
    }

    /** As {@link Floats}. */
    static final class Halves extends ShortPointer {
        private final Object owner;

        Halves(long address, Object owner) {
            super((Pointer) null);
            this.address = address;
            this.owner = owner;
        }

        Object owner() {
            return owner;
        }
    }

    /** As {@link Floats}. */
    static final class Bytes extends BytePointer {
        private final Object owner;

        Bytes(long address, Object owner) {
            super((Pointer) null);
            this.address = address;
            this.owner = owner;
        }

        Object owner() {
            return owner;
        }
    }

    /** As {@link Floats}. */
    static final class Ints extends IntPointer {
        private final Object owner;

        Ints(long address, Object owner) {
            super((Pointer) null);
            this.address = address;
            this.owner = owner;
        }

        Object owner() {
            return owner;
        }
    }

    /** A place in memory that its user holds alive. */
    static final class Longs extends LongPointer {
        Longs(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }
}
