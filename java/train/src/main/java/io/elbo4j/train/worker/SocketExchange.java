package io.elbo4j.train.worker;

import io.elbo4j.ArgumentException;
import io.elbo4j.train.graph.Exchange;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sums over workers in processes of their own, by recursive halving and doubling over sockets (Thakur, Rabenseifner and
 * Gropp 2005, section 4.5): in round r a worker exchanges halves of what it still adds with rank xor 2^r, and gets the
 * sums back in the other order. Each sends and receives 2 (W - 1) / W of the numbers, in 2 log2 W messages, and every
 * number is added in the order of {@link Exchange}.
 *
 * <p>There is no encryption, and nobody is asked who he is: for networks whose machines trust each other. A worker
 * whose process ends is noticed at once, and all others end, too. One whose machine or network is gone, or whose
 * process is held up, is given up after 30 seconds of silence: workers say every 5 that they are alive.
 */
public final class SocketExchange implements Exchange, AutoCloseable {
    /** How long who leaves waits until the others have read why. */
    private static final long FAREWELL_NANOS = 10_000_000_000L;
    private static final long PAUSE_NANOS = 1_000_000;
    private static final long MEETING_PAUSE_NANOS = 20_000_000;
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final int BEATS_OF_A_SILENCE = 6;

    private final int rank;
    private final List<InetSocketAddress> addresses;
    private final Duration silence;
    private final Partner[] partners;
    private final ExecutorService sender = Executors.newSingleThreadExecutor(task -> {
        Thread t = new Thread(task, "elbo4j-exchange");
        t.setDaemon(true);
        return t;
    });
    private final List<Partner> listening = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread t = new Thread(task, "elbo4j-alive");
        t.setDaemon(true);
        return t;
    });
    private boolean ended;

    private SocketExchange(int rank, List<InetSocketAddress> addresses, Duration silence) {
        this.rank = rank;
        this.addresses = addresses;
        this.silence = silence;
        this.partners = new Partner[Integer.numberOfTrailingZeros(addresses.size())];
        long beat = silence.toMillis() / BEATS_OF_A_SILENCE;
        beats.scheduleAtFixedRate(() -> listening.forEach(partner -> partner.beat(silence)), beat, beat,
                TimeUnit.MILLISECONDS);
    }

    /**
     * Waits for the other workers.
     *
     * @param workers host:port of each, where it listens, by rank; 1, 2, 4 or 8 of them
     * @param rank of this worker
     * @param patience how long to wait for the others
     * @throws ArgumentException naming what is wrong with an address or the rank
     * @throws WorkerException if another worker does not come, or is one of another training
     */
    public static SocketExchange connect(List<String> workers, int rank, Duration patience) {
        return connect(workers, rank, patience, SILENCE);
    }

    /**
     * As {@link #connect(List, int, Duration)}, where a worker listens before the others are told its address: so it
     * can have any port that is free.
     *
     * @param own the socket that is bound to this worker's address; this method closes it
     */
    public static SocketExchange connect(List<String> workers, int rank, ServerSocketChannel own, Duration patience) {
        return connect(workers, rank, patience, SILENCE, own);
    }

    /**
     * Checks what {@link #connect} would, before anything is waited for.
     *
     * @throws ArgumentException naming what is wrong with an address or the rank
     */
    public static void check(List<String> workers, int rank) {
        addresses(workers, rank);
    }

    /** @param silence after which a worker is given up */
    static SocketExchange connect(List<String> workers, int rank, Duration patience, Duration silence) {
        return connect(workers, rank, patience, silence, null);
    }

    private static SocketExchange connect(List<String> workers, int rank, Duration patience, Duration silence,
            @Nullable ServerSocketChannel own) {
        SocketExchange exchange = new SocketExchange(rank, addresses(workers, rank), silence);
        try (ServerSocketChannel server = own == null ? ServerSocketChannel.open() : own) {
            exchange.connect(System.nanoTime() + patience.toNanos(), server);
            return exchange;
        } catch (IOException | RuntimeException | Error e) {
            exchange.release();
            throw e instanceof IOException io ? WorkerException.lost("worker " + rank + " cannot reach the others: "
                    + io.getMessage()) : sneaky(e);
        }
    }

    private static List<InetSocketAddress> addresses(List<String> workers, int rank) {
        int count = workers.size();
        ArgumentException.require(count == 1 || count == 2 || count == 4 || count == 8, "workers",
                "1, 2, 4 or 8 addresses", count + " of them");
        ArgumentException.require(rank >= 0 && rank < count, "rank", "0 to " + (count - 1), rank);
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String worker : workers) {
            InetSocketAddress address = address(worker);
            ArgumentException.require(!addresses.contains(address), "workers", "different addresses", worker
                    + " twice");
            addresses.add(address);
        }
        return List.copyOf(addresses);
    }

    private static RuntimeException sneaky(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return (RuntimeException) e;
    }

    private static InetSocketAddress address(String worker) {
        int colon = worker.lastIndexOf(':');
        int port = -1;
        try {
            port = Integer.parseInt(worker.substring(colon + 1));
        } catch (NumberFormatException e) {
            // no port, as -1
        }
        ArgumentException.require(colon > 0 && port > 0 && port < 1 << 16, "workers",
                "HOST:PORT,HOST:PORT,... with ports from 1 to 65535", worker);
        try {
            return new InetSocketAddress(InetAddress.getByName(worker.substring(0, colon)), port);
        } catch (UnknownHostException e) {
            throw new ArgumentException("workers", "hosts that this machine knows", worker);
        }
    }

    private void connect(long deadline, ServerSocketChannel server) throws IOException {
        if (partners.length == 0) {
            return;
        }
        if (server.getLocalAddress() == null) {
            try {
                server.bind(addresses.get(rank), addresses.size());
            } catch (IOException e) {
                throw new IOException("it cannot listen on " + inWords(rank) + ", the address of rank " + rank + ": "
                        + e.getMessage(), e);
            }
        }
        server.configureBlocking(false);
        Greeting greeting = new Greeting(rank, addresses.size());
        boolean saidReady = false;
        while (!(saidReady && Arrays.stream(partners).allMatch(Partner::isReady))) {
            dropLost(saidReady);
            callMissing(greeting);
            answer(server, greeting, saidReady);
            if (!saidReady && missing() < 0) {
                saidReady = true;
                for (Partner partner : partners) {
                    partner.sayReady();
                }
            }
            await(deadline);
        }
        for (Partner partner : partners) {
            partner.begin();
        }
    }

    /** Who goes before all have come may come again. */
    private void dropLost(boolean saidReady) throws IOException {
        for (int round = 0; round < partners.length; round++) {
            Partner partner = partners[round];
            if (partner != null && !partner.isHere(saidReady)) {
                if (saidReady) {
                    throw new IOException(partner.name() + " was lost when all had come");
                }
                listening.remove(partner);
                partner.close();
                partners[round] = null;
            }
        }
    }

    private void callMissing(Greeting greeting) throws IOException {
        for (int round = 0; round < partners.length; round++) {
            int other = rank ^ 1 << round;
            if (partners[round] == null && other > rank) {
                take(round, greeting.call(addresses.get(other), inWords(other), other));
            }
        }
    }

    private void answer(ServerSocketChannel server, Greeting greeting, boolean saidReady) throws IOException {
        for (SocketChannel caller = server.accept(); caller != null; caller = server.accept()) {
            Partner partner = greeting.answer(caller);
            if (partner == null) {
                continue;
            }
            int round = Integer.numberOfTrailingZeros(rank ^ partner.rank());
            boolean lower = partner.rank() >= 0 && partner.rank() < rank;
            dropLost(saidReady);
            if (!lower || Integer.bitCount(rank ^ partner.rank()) != 1 || partners[round] != null) {
                partner.close();
                throw new IOException("two processes say that they are worker " + (lower ? partner.rank() : rank));
            }
            take(round, partner);
        }
    }

    private void take(int round, @Nullable Partner partner) {
        partners[round] = partner;
        if (partner != null) {
            listening.add(partner);
        }
    }

    private void await(long deadline) throws IOException {
        if (System.nanoTime() > deadline) {
            throw new IOException(missing() >= 0 ? inWords(missing()) + " did not come"
                    : "not all of the others have come");
        }
        LockSupport.parkNanos(MEETING_PAUSE_NANOS);
        if (Thread.currentThread().isInterrupted()) {
            throw new IOException("interrupted");
        }
    }

    /** The first worker that is not here, or -1. */
    private int missing() {
        for (int round = 0; round < partners.length; round++) {
            if (partners[round] == null) {
                return rank ^ 1 << round;
            }
        }
        return -1;
    }

    private String inWords(int worker) {
        InetSocketAddress address = addresses.get(worker);
        return "worker " + worker + " (" + address.getHostString() + ":" + address.getPort() + ")";
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int workers() {
        return addresses.size();
    }

    @Override
    public void sum(float[] numbers) {
        if (ended) {
            throw WorkerException.lost("the workers have left each other");
        }
        int[] begins = new int[partners.length + 1];
        int[] ends = new int[partners.length + 1];
        int begin = 0;
        int end = numbers.length;
        for (int round = 0; round < partners.length; round++) {
            begins[round] = begin;
            ends[round] = end;
            int middle = begin + (end - begin) / 2;
            boolean lower = (rank & 1 << round) == 0;
            exchange(round, numbers, lower ? middle : begin, lower ? end : middle, lower ? begin : middle,
                    lower ? middle : end, true);
            begin = lower ? begin : middle;
            end = lower ? middle : end;
        }
        for (int round = partners.length - 1; round >= 0; round--) {
            int middle = begins[round] + (ends[round] - begins[round]) / 2;
            boolean lower = (rank & 1 << round) == 0;
            exchange(round, numbers, lower ? begins[round] : middle, lower ? middle : ends[round],
                    lower ? middle : begins[round], lower ? ends[round] : middle, false);
        }
    }

    private void exchange(int round, float[] numbers, int sendBegin, int sendEnd, int begin, int end, boolean add) {
        Partner partner = partners[round];
        Future<Void> sent = sender.submit(() -> partner.send(numbers, sendBegin, sendEnd));
        try {
            partner.receive(numbers, begin, end, add);
            partner.await(sent, silence);
        } catch (Partner.Farewell farewell) {
            throw leave(partner, farewell.getMessage(), farewell.isEnd());
        } catch (IOException | ExecutionException e) {
            throw leave(partner, partner.name() + " was lost (" + reason(e) + ")", false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw leave(partner, "worker " + rank + " was interrupted", false);
        }
    }

    private static String reason(Exception e) {
        Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
        return cause instanceof EOFException || cause.getMessage() == null ? "its end of the connection was closed"
                : cause.getMessage();
    }

    /** Tells the others, who tell those that are no partners of this one; not the one that is gone. */
    private WorkerException leave(Partner gone, String why, boolean end) {
        gone.close();
        farewell(why, end);
        return end ? WorkerException.ended(why) : WorkerException.lost(why);
    }

    private void farewell(String why, boolean end) {
        if (ended) {
            return;
        }
        ended = true;
        // an interrupt would close a connection
        beats.shutdown();
        for (Partner partner : partners) {
            partner.farewell(why, end);
        }
        // what is closed while data has not been read takes with it what the other end has not read
        long deadline = System.nanoTime() + FAREWELL_NANOS;
        while (!Arrays.stream(partners).allMatch(Partner::isGone) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        release();
    }

    private void release() {
        ended = true;
        beats.shutdown();
        sender.shutdownNow();
        for (Partner partner : partners) {
            if (partner != null) {
                partner.close();
            }
        }
    }

    /**
     * Leaves the others because of a fault of this one: each of them ends with this sentence.
     *
     * @param why a sentence without its full stop
     */
    public void abandon(String why) {
        farewell("worker " + rank + " ended: " + why, false);
    }

    /** Of worker 0: the training has come to its end. Of others: they leave it. */
    @Override
    public void close() {
        farewell(rank == 0 ? "worker 0 has ended the training" : "worker " + rank + " has left", rank == 0);
    }
}
