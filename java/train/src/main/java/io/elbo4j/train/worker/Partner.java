package io.elbo4j.train.worker;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Another worker at the other end of a socket. Frames are {kind, count} and what they have: numbers as little-endian
 * float32, or the UTF-8 bytes of a farewell. {@link Greeting} comes before them.
 */
final class Partner {
    /** That a partner ends, in its words. */
    static final class Farewell extends Exception {
        private static final long serialVersionUID = 1;
        private final boolean end;

        Farewell(String message, boolean end) {
            super(message);
            this.end = end;
        }

        boolean isEnd() {
            return end;
        }
    }

    private static final int NUMBERS = 1;
    private static final int LOST = 2;
    private static final int END = 3;
    /** Nothing but that it is alive. */
    private static final int BEAT = 4;
    private static final int READY = 5;
    private static final int PIECE = 1 << 16;
    private static final int MOST_FAREWELL = 1 << 16;

    private final SocketChannel channel;
    private final int rank;
    private final String name;
    private final ByteBuffer in = buffer(PIECE * Float.BYTES);
    private final ByteBuffer out = buffer(PIECE * Float.BYTES);
    private final ByteBuffer header = buffer(2 * Integer.BYTES);
    private final float[] received = new float[PIECE];
    private final ReentrantLock sending = new ReentrantLock();
    /** When the other was last heard of, or began to be listened to; 0 while nobody listens. */
    private volatile long heard;
    private volatile @Nullable Duration silent;

    private volatile long written;
    private boolean ready;

    /** @param channel which does not block until {@link #begin} */
    Partner(SocketChannel channel, int rank, String name) {
        this.channel = channel;
        this.rank = rank;
        this.name = name;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * While the workers meet: reads what has come. As soon as both are ready it may be numbers, which are left.
     *
     * @param saidReady whether this worker is
     */
    boolean isHere(boolean saidReady) {
        try {
            while (!(ready && saidReady)) {
                int read = channel.read(header);
                if (read <= 0) {
                    return read == 0;
                }
                if (!header.hasRemaining()) {
                    int kind = header.flip().getInt();
                    header.clear();
                    ready |= kind == READY;
                    if (kind != READY && kind != BEAT) {
                        return false;
                    }
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    boolean isReady() {
        return ready;
    }

    /** That all partners of this worker are here. */
    void sayReady() throws IOException {
        sending.lock();
        try {
            write(out.clear().putInt(READY).putInt(0).flip());
        } finally {
            sending.unlock();
        }
    }

    /** From here on numbers are exchanged. */
    void begin() throws IOException {
        channel.configureBlocking(true);
        if (header.position() > 0) {
            // of the last frame before, which is one of nothing
            read(header);
        }
    }

    int rank() {
        return rank;
    }

    String name() {
        return name;
    }

    /** As a {@link Callable}. */
    Void send(float[] numbers, int begin, int end) throws IOException {
        sending.lock();
        try {
            out.clear().putInt(NUMBERS).putInt(end - begin);
            int at = begin;
            do {
                int count = Math.min(end - at, out.remaining() / Float.BYTES);
                out.asFloatBuffer().put(numbers, at, count);
                write(out.position(out.position() + count * Float.BYTES).flip());
                out.clear();
                at += count;
            } while (at < end);
        } finally {
            sending.unlock();
        }
        return null;
    }

    /** Says that this one is alive, and gives up the other one if nothing was heard of it for so long. */
    void beat(Duration silence) {
        long since = heard;
        if (since != 0 && System.nanoTime() - since > silence.toNanos()) {
            silent = silence;
            close();
        } else if (sending.tryLock()) {
            try {
                write(out.clear().putInt(BEAT).putInt(0).flip());
            } catch (IOException e) {
                // who listens to it notices
            } finally {
                sending.unlock();
            }
        }
    }

    void receive(float[] numbers, int begin, int end, boolean add) throws IOException, Farewell {
        heard = System.nanoTime();
        try {
            take(numbers, begin, end, add);
        } catch (ClosedChannelException e) {
            throw silent == null ? e : new IOException("nothing was heard of it for " + silent.toSeconds() + " seconds",
                    e);
        } finally {
            heard = 0;
        }
    }

    private void take(float[] numbers, int begin, int end, boolean add) throws IOException, Farewell {
        int kind;
        int count;
        do {
            read(header.clear());
            kind = header.flip().getInt();
            count = header.getInt();
        } while (kind == BEAT);
        if (kind != NUMBERS) {
            throw farewell(kind, count);
        }
        if (count != end - begin) {
            throw new IOException("it sent " + count + " numbers where " + (end - begin)
                    + " were due: it trains something else");
        }
        for (int at = begin; at < end;) {
            int n = Math.min(PIECE, end - at);
            read(in.clear().limit(n * Float.BYTES));
            in.flip();
            if (add) {
                in.asFloatBuffer().get(received, 0, n);
                for (int i = 0; i < n; i++) {
                    numbers[at + i] += received[i];
                }
            } else {
                in.asFloatBuffer().get(numbers, at, n);
            }
            at += n;
        }
    }

    private Farewell farewell(int kind, int count) throws IOException {
        if (kind != LOST && kind != END || count < 0 || count > MOST_FAREWELL) {
            throw new IOException("it sent what no worker sends");
        }
        ByteBuffer words = buffer(count);
        read(words);
        byte[] bytes = new byte[count];
        words.flip().get(bytes);
        return new Farewell(new String(bytes, StandardCharsets.UTF_8), kind == END);
    }

    /** Says why, if there is room for that, and nothing more. */
    void farewell(String why, boolean end) {
        byte[] bytes = why.getBytes(StandardCharsets.UTF_8);
        int count = Math.min(bytes.length, MOST_FAREWELL);
        sending.lock();
        try {
            channel.configureBlocking(false);
            ByteBuffer words = buffer(2 * Integer.BYTES + count).putInt(end ? END : LOST).putInt(count).put(bytes, 0,
                    count).flip();
            channel.write(words);
            channel.shutdownOutput();
        } catch (IOException e) {
            // it is gone already
        } finally {
            sending.unlock();
        }
    }

    /** Whether the other end, which has been said farewell to, was closed meanwhile; passes over what came from it. */
    boolean isGone() {
        try {
            int read = channel.read(in.clear());
            while (read > 0) {
                read = channel.read(in.clear());
            }
            return read < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private void read(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw new EOFException();
            }
            heard = System.nanoTime();
        }
    }

    private void write(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            channel.write(source);
            written = System.nanoTime();
        }
    }

    /** Waits until all is sent: for as long as the other one takes something every now and then. */
    void await(Future<?> sent, Duration silence) throws IOException, ExecutionException, InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            try {
                sent.get(silence.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() - Math.max(begin, written) > silence.toNanos()) {
                    throw new IOException("it has taken nothing for " + silence.toSeconds() + " seconds", e);
                }
            }
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be said
        }
    }
}
