package io.elbo4j.cuda;

import io.elbo4j.ElementType;
import io.elbo4j.cuda.jni.ElboCuda;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * A ring of page-locked pieces of memory, through which Java arrays go to and from a device: only from such memory are
 * copies asynchronous. A write waits only where a piece is used again whose copy is not done.
 */
final class Staging implements AutoCloseable {
    private static final int PIECES = 8;
    /** Of at most 4 bytes. */
    private static final int ELEMENTS = 1 << 17;

    private final CudaQueue queue;
    private final Piece[] pieces = new Piece[PIECES];
    private int next;

    Staging(CudaQueue queue) {
        this.queue = queue;
    }

    private static final class Piece {
        private final Pointer memory = new Pointer();
        private final Pointer event = new Pointer();
        private FloatPointer floats;
        private IntPointer ints;
        private ShortPointer halves;
        private BytePointer bytes;
        private boolean queued;

        /** Where an earlier attempt failed it goes on, so that nothing is lost. */
        void allocate() {
            if (!event.isNull()) {
                return;
            }
            if (memory.isNull()) {
                CudaErrors.check(ElboCuda.elbo4j_cuda_allocate_host(memory, (long) ELEMENTS * Float.BYTES));
                floats = new FloatPointer(memory);
                ints = new IntPointer(memory);
                halves = new ShortPointer(memory);
                bytes = new BytePointer(memory);
            }
            CudaErrors.check(ElboCuda.elbo4j_cuda_event_create(event, 0));
        }

        void queued(Pointer stream) {
            CudaErrors.check(ElboCuda.elbo4j_cuda_event_record(event, stream));
            queued = true;
        }

        void await() {
            if (queued) {
                CudaErrors.check(ElboCuda.elbo4j_cuda_event_synchronize(event));
                queued = false;
            }
        }

        void free() {
            if (!event.isNull()) {
                CudaErrors.note(ElboCuda.elbo4j_cuda_event_synchronize(event));
                CudaErrors.note(ElboCuda.elbo4j_cuda_event_destroy(event));
            }
            if (!memory.isNull()) {
                CudaErrors.note(ElboCuda.elbo4j_cuda_free_host(memory));
            }
        }
    }

    // the pieces are one thread's at a time, and nothing may be queued while a program is captured

    void write(Pointer target, ElementType type, float[] source, int from, int count) {
        synchronized (queue.stream()) {
            writeAlone(target, type, source, from, count);
        }
    }

    void write(Pointer target, int[] source, int from, int count) {
        synchronized (queue.stream()) {
            writeAlone(target, source, from, count);
        }
    }

    void read(Pointer source, ElementType type, float[] target, int to, int count) {
        synchronized (queue.stream()) {
            readAlone(source, type, target, to, count);
        }
    }

    /** The next piece of the ring, whose last copy is done. */
    private Piece take() {
        if (pieces[next] == null) {
            pieces[next] = new Piece();
        }
        Piece piece = pieces[next];
        piece.allocate();
        next = (next + 1) % PIECES;
        piece.await();
        return piece;
    }

    private void writeAlone(Pointer target, ElementType type, float[] source, int from, int count) {
        Pointer stream = queue.use();
        for (long done = 0; done < count; done += ELEMENTS) {
            int n = (int) Math.min(ELEMENTS, count - done);
            Piece piece = take();
            if (type == ElementType.FLOAT32) {
                piece.floats.put(source, (int) (from + done), n);
            } else {
                for (int i = 0; i < n; i++) {
                    short bits = type.round(source[(int) (from + done + i)]);
                    if (type == ElementType.UINT8) {
                        piece.bytes.put(i, (byte) bits);
                    } else {
                        piece.halves.put(i, bits);
                    }
                }
            }
            send(piece, target, done, n, type.bytes(), stream);
        }
    }

    private void writeAlone(Pointer target, int[] source, int from, int count) {
        Pointer stream = queue.use();
        for (long done = 0; done < count; done += ELEMENTS) {
            int n = (int) Math.min(ELEMENTS, count - done);
            Piece piece = take();
            piece.ints.put(source, (int) (from + done), n);
            send(piece, target, done, n, Integer.BYTES, stream);
        }
    }

    private static void send(Piece piece, Pointer target, long element, long n, int bytes, Pointer stream) {
        CudaErrors.check(ElboCuda.elbo4j_cuda_copy_to_device(new CudaAddress(target.address()
                + element * bytes), piece.memory, n * bytes, stream));
        piece.queued(stream);
    }

    /** Returns when the values are there: while one piece is copied out, the device fills those after it. */
    private void readAlone(Pointer source, ElementType type, float[] target, int to, int count) {
        Pointer stream = queue.use();
        long asked = 0;
        for (long done = 0; done < count; done += ELEMENTS) {
            for (; asked < count && asked - done < PIECES * ELEMENTS; asked += ELEMENTS) {
                long n = Math.min(ELEMENTS, count - asked);
                Piece piece = take();
                CudaErrors.check(ElboCuda.elbo4j_cuda_copy_to_host(piece.memory, new CudaAddress(source.address()
                        + asked * type.bytes()), n * type.bytes(), stream));
                piece.queued(stream);
            }
            Piece oldest = pieces[(int) Math.floorMod(next - (asked - done) / ELEMENTS, (long) PIECES)];
            oldest.await();
            int n = (int) Math.min(ELEMENTS, count - done);
            if (type == ElementType.FLOAT32) {
                oldest.floats.get(target, (int) (to + done), n);
                continue;
            }
            for (int i = 0; i < n; i++) {
                short bits = type == ElementType.UINT8 ? oldest.bytes.get(i) : oldest.halves.get(i);
                target[(int) (to + done + i)] = type.widen(bits);
            }
        }
    }

    @Override
    public void close() {
        for (Piece piece : pieces) {
            if (piece != null && CudaErrors.alive()) {
                piece.free();
            }
        }
    }
}
