package io.elbo4j.layout;

import io.elbo4j.Operation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.Pointer;

/**
 * The bytes of an operation's structure, in the Java heap: nothing to free, whether an operation runs once or a million
 * times. Each call copies them to a place of its thread in native memory, a few hundred bytes, where the native function
 * reads them.
 */
public final class Image {
    private static final ThreadLocal<Place> PLACES = ThreadLocal.withInitial(Place::new);

    /** Memory of a thread, for the arguments of one call at a time. */
    private static final class Place {
        private ByteBuffer bytes = ByteBuffer.allocateDirect(1024);
        private long address = address();

        private long address() {
            return new Pointer(bytes).address();
        }

        long put(byte[] image) {
            if (image.length > bytes.capacity()) {
                bytes = ByteBuffer.allocateDirect(2 * image.length);
                address = address();
            }
            bytes.put(0, image);
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
