package io.elbo4j.train.worker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** How two workers find each other: the lower rank calls, each says {MAGIC, rank, workers} in 32-bit numbers. */
final class Greeting {
    /** At the other end is a worker, but of another training. */
    static final class OtherTraining extends IOException {
        private static final long serialVersionUID = 1;

        OtherTraining(String message) {
            super(message);
        }
    }

    /** "elb1": the number is that of the format. */
    private static final int MAGIC = 0x656c6231;
    private static final int BUFFER = 1 << 20;
    private static final int CONNECT_MILLIS = 3000;
    /** How long the other one has to say who he is. */
    private static final long GREETING_NANOS = 5_000_000_000L;
    private static final long PAUSE_MILLIS = 5;

    private final int rank;
    private final int workers;

    Greeting(int rank, int workers) {
        this.rank = rank;
        this.workers = workers;
    }

    /** Null if that worker is not there yet. */
    @Nullable
    Partner call(InetSocketAddress address, String name, int other) throws OtherTraining {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            channel.socket().connect(address, CONNECT_MILLIS);
            tune(channel);
            say(channel);
            int answered = hear(channel, name);
            if (answered != other) {
                throw new OtherTraining("at the address of " + name + " is worker " + answered);
            }
            return new Partner(channel, other, name);
        } catch (OtherTraining e) {
            close(channel);
            throw e;
        } catch (IOException e) {
            close(channel);
            return null;
        }
    }

    /** Null for who is no worker. */
    @Nullable
    Partner answer(SocketChannel channel) throws OtherTraining {
        try {
            tune(channel);
            String from = String.valueOf(channel.getRemoteAddress()).replaceFirst("^.*/", "");
            int caller = hear(channel, "who called from " + from, () -> say(channel));
            return new Partner(channel, caller, "worker " + caller + " (" + from + ")");
        } catch (OtherTraining e) {
            close(channel);
            throw e;
        } catch (IOException e) {
            close(channel);
            return null;
        }
    }

    private static void close(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // nothing was said yet that could be lost
        }
    }

    private static void tune(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
        channel.configureBlocking(false);
    }

    private static ByteBuffer hello() {
        return ByteBuffer.allocate(3 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void say(SocketChannel channel) throws IOException {
        if (channel.write(hello().putInt(MAGIC).putInt(rank).putInt(workers).flip()) < 3 * Integer.BYTES) {
            throw new IOException("no room for a few bytes");
        }
    }

    private interface Reply {
        void say() throws IOException;
    }

    private int hear(SocketChannel channel, String name) throws IOException {
        return hear(channel, name, () -> {});
    }

    /** @param reply to a worker, also to one of another training, who then knows, too */
    private int hear(SocketChannel channel, String name, Reply reply) throws IOException {
        ByteBuffer hello = hello();
        long deadline = System.nanoTime() + GREETING_NANOS;
        while (hello.hasRemaining()) {
            int read = channel.read(hello);
            if (read < 0 || read == 0 && System.nanoTime() > deadline) {
                throw new IOException(name + " does not say who it is");
            }
            if (read == 0) {
                pause();
            }
        }
        hello.flip();
        if (hello.getInt() != MAGIC) {
            throw new IOException(name + " is no worker of this version of elbo4j");
        }
        reply.say();
        int other = hello.getInt();
        int count = hello.getInt();
        if (count != workers) {
            throw new OtherTraining(name + " was told of " + count + " workers, this one of " + workers);
        }
        return other;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
