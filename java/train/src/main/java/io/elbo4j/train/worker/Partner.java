package io.elbo4j.train.worker;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Another worker at the other end of a socket. Frames are {kind, count} and what they have: numbers as little-endian
 * float32, or the UTF-8 bytes of a farewell. Before the first frame each end says {MAGIC, rank, workers}.
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

    /** At the other end is something else. */
    private static final class NoWorker extends IOException {
        private static final long serialVersionUID = 1;

        NoWorker(String message) {
            super(message);
        }
    }

    /** "elb1": the number is that of the format. */
    private static final int MAGIC = 0x656c6231;
    private static final int NUMBERS = 1;
    private static final int LOST = 2;
    private static final int END = 3;
    /** Nothing but that it is alive. */
    private static final int BEAT = 4;
    private static final int PIECE = 1 << 16;
    private static final int BUFFER = 1 << 20;
    private static final int MOST_FAREWELL = 1 << 16;
    private static final long RETRY_MILLIS = 100;
    /** How long a caller has to say who he is. */
    private static final long GREETING_NANOS = 5_000_000_000L;

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

    private Partner(SocketChannel channel, int rank, String name) {
        this.channel = channel;
        this.rank = rank;
        this.name = name;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Calls until the other one listens. */
    static Partner call(InetSocketAddress address, String name, int rank, int workers, int other, long deadline)
            throws IOException {
        while (true) {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.connect(address);
                tune(channel);
                write(channel, hello(rank, workers));
                int answered = greeted(channel, workers, deadline, name);
                if (answered != other) {
                    throw new IOException("at the address of " + name + " is worker " + answered);
                }
                return new Partner(channel, other, name);
            } catch (java.net.ConnectException e) {
                channel.close();
                waitUntil(deadline, name);
            } catch (IOException | RuntimeException | Error e) {
                channel.close();
                throw e;
            }
        }
    }

    /** The next that calls. */
    static SocketChannel accept(ServerSocketChannel server, long deadline, String missing) throws IOException {
        while (true) {
            SocketChannel channel = server.accept();
            if (channel != null) {
                return channel;
            }
            waitUntil(deadline, missing);
        }
    }

    /** Null for who is no worker. */
    static @Nullable Partner answer(SocketChannel channel, int rank, int workers) throws IOException {
        try {
            tune(channel);
            String from = String.valueOf(channel.getRemoteAddress());
            int caller = greeted(channel, workers, System.nanoTime() + GREETING_NANOS, from);
            write(channel, hello(rank, workers));
            return new Partner(channel, caller, "worker " + caller + " (" + from.replaceFirst("^.*/", "") + ")");
        } catch (NoWorker e) {
            channel.close();
            return null;
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private static void waitUntil(long deadline, String missing) throws IOException {
        if (System.nanoTime() > deadline) {
            throw new IOException(missing + " did not come");
        }
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it waited for " + missing, e);
        }
    }

    private static void tune(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
    }

    private static ByteBuffer hello(int rank, int workers) {
        return buffer(3 * Integer.BYTES).putInt(MAGIC).putInt(rank).putInt(workers).flip();
    }

    /** The rank of who says hello. Who says nothing is waited for until the deadline. */
    private static int greeted(SocketChannel channel, int workers, long deadline, String name) throws IOException {
        ByteBuffer hello = buffer(3 * Integer.BYTES);
        channel.configureBlocking(false);
        while (hello.hasRemaining()) {
            int read = channel.read(hello);
            if (read < 0) {
                throw new NoWorker(name + " hung up");
            }
            if (read == 0 && System.nanoTime() > deadline) {
                throw new NoWorker(name + " does not say who it is");
            }
            if (read == 0) {
                waitUntil(deadline, name);
            }
        }
        channel.configureBlocking(true);
        hello.flip();
        if (hello.getInt() != MAGIC) {
            throw new NoWorker(name + " is no worker of this version of elbo4j");
        }
        int rank = hello.getInt();
        int count = hello.getInt();
        if (count != workers) {
            throw new IOException(name + " was told of " + count + " workers, this one of " + workers);
        }
        return rank;
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
                write(channel, out.position(out.position() + count * Float.BYTES).flip());
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
                write(channel, out.clear().putInt(BEAT).putInt(0).flip());
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

    private static void write(SocketChannel channel, ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            channel.write(source);
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
