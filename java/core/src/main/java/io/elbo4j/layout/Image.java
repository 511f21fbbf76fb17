package io.elbo4j.layout;

import io.elbo4j.Operation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.Pointer;

/**
 * The bytes of an operation's structure, in the Java heap: nothing to free, whether an operation runs once or a million
 * times. Each call copies them, a few hundred bytes, to a place of its thread in native memory, where the native
 * function reads them.
 */
public final class Image {
    private static final ThreadLocal<Place> PLACES = ThreadLocal.withInitial(Place::new);

    /** Memory of a thread, for the arguments of one call at a time. */
    private static final class Place {
        private ByteBuffer bytes = allocate(1024);
        private long address = new Pointer(bytes).address();

        private static ByteBuffer allocate(int size) {
            return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
        }

        private void reserve(int size) {
            if (size > bytes.capacity()) {
                bytes = allocate(2 * size);
                address = new Pointer(bytes).address();
            }
        }

        long put(byte[] image) {
            reserve(image.length);
            bytes.put(0, image);
            return address;
        }

        long put(Operation operation, Live live) {
            Layout layout = Layout.of(operation.getClass());
            reserve(layout.bytes());
            for (int i = 0; i < layout.bytes(); i++) {
                bytes.put(i, (byte) 0); // what is not given
            }
            layout.putFixed(operation, bytes);
            layout.putChanging(operation, bytes, live);
            return address;
        }
    }

    private final Operation operation;
    private final Layout layout;
    private final byte[] bytes;
    private final ByteBuffer view;

    public Image(Operation operation) {
        this.operation = operation;
        layout = Layout.of(operation.getClass());
        bytes = new byte[layout.bytes()];
        view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        layout.putFixed(operation, view);
    }

    /** As {@link #address} of an image that is needed once: there is none. */
    public static long addressOnce(Operation operation, Live live) {
        return PLACES.get().put(operation, live);
    }

    /** Reads anew what changes between runs. */
    public void refresh(Live live) {
        layout.putChanging(operation, view, live);
    }

    /** The address of the structure, until this thread's next call; who uses it holds the operation alive. */
    public long address() {
        return PLACES.get().put(bytes);
    }

    public byte[] bytes() {
        return bytes;
    }
}
