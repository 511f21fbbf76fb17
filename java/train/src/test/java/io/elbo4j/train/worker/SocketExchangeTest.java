package io.elbo4j.train.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SocketExchangeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long SEED = 23;

    /** Free a moment ago. */
    private static List<String> addresses(int workers) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            all.add("127.0.0.1:" + socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return all;
    }

    /** What each worker returns or throws. */
    private static <T> List<Future<T>> run(List<String> addresses, Function<SocketExchange, T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(addresses.size());
        try {
            List<Callable<T>> all = new ArrayList<>();
            for (int rank = 0; rank < addresses.size(); rank++) {
                int own = rank;
                all.add(() -> {
                    try (SocketExchange exchange = SocketExchange.connect(addresses, own, PATIENCE)) {
                        return work.apply(exchange);
                    }
                });
            }
            return threads.invokeAll(all);
        } finally {
            threads.shutdownNow();
        }
    }

    private static float[] numbers(int rank, int count) {
        Random random = new Random(SEED + rank);
        float[] all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(30)));
        }
        return all;
    }

    private static float tree(float[][] laid, int at, int from, int count) {
        return count == 1 ? laid[from][at] : tree(laid, at, from, count / 2) + tree(laid, at, from + count / 2, count
                / 2);
    }

    @Test
    void addsAsTheTreeOverRanks() throws Exception {
        for (int workers : new int[] {1, 2, 4, 8}) {
            int[] counts = {0, 1, 2, 7, 8, 31, 1000, 65_537, 300_001};
            List<Future<List<float[]>>> found = run(addresses(workers), exchange -> {
                List<float[]> sums = new ArrayList<>();
                for (int count : counts) {
                    float[] own = numbers(exchange.rank(), count);
                    exchange.sum(own);
                    sums.add(own);
                }
                // nobody ends before all have what they need
                exchange.sum(new float[1]);
                return sums;
            });
            for (int c = 0; c < counts.length; c++) {
                float[][] laid = new float[workers][];
                for (int rank = 0; rank < workers; rank++) {
                    laid[rank] = numbers(rank, counts[c]);
                }
                float[] expected = new float[counts[c]];
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = tree(laid, i, 0, workers);
                }
                for (Future<List<float[]>> one : found) {
                    assertArrayEquals(expected, one.get().get(c), workers + " workers, " + counts[c] + " numbers, seed "
                            + SEED);
                }
            }
        }
    }

    /** Each has any free port, and some call before the others take calls. */
    @Test
    void whoListensAlreadyIsReached() throws Exception {
        int workers = 4;
        List<String> addresses = new ArrayList<>();
        List<ServerSocketChannel> sockets = new ArrayList<>();
        for (int rank = 0; rank < workers; rank++) {
            sockets.add(ServerSocketChannel.open().bind(null, workers));
            addresses.add("127.0.0.1:" + sockets.get(rank).socket().getLocalPort());
        }
        List<Callable<Float>> all = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            int rank = i;
            all.add(() -> {
                Thread.sleep(200 * rank);
                try (SocketExchange exchange = SocketExchange.connect(addresses, rank, sockets.get(rank), PATIENCE)) {
                    float[] sum = {1 << rank};
                    exchange.sum(sum);
                    return sum[0];
                }
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        try {
            for (Future<Float> sum : threads.invokeAll(all)) {
                assertEquals(15, sum.get());
            }
        } finally {
            threads.shutdownNow();
        }
        sockets.forEach(socket -> assertFalse(socket.isOpen()));
    }

    @Test
    void whatWorker0HasIsThereForAll() throws Exception {
        float[] values = {-0f, 0f, 1e-45f, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, 3};
        List<Future<String>> all = run(addresses(4), exchange -> {
            long[] longs = Broadcast.longs(exchange, exchange.rank() == 0 ? new long[] {-1, 1L << 40, Long.MIN_VALUE}
                    : new long[3]);
            String text = Broadcast.text(exchange, exchange.rank() == 0 ? "süß \u0000 \ud83d\ude00" : "other");
            try (Backend backend = new JavaBackend(1); Matrix m = backend.matrix(2, 3)) {
                m.set(exchange.rank() == 0 ? values : new float[] {7, 7, 7, 7, 7, 7});
                Broadcast.matrices(exchange, List.of(m));
                float[] found = m.toArray();
                for (int i = 0; i < found.length; i++) {
                    assertEquals(Float.floatToRawIntBits(values[i]), Float.floatToRawIntBits(found[i]));
                }
            }
            return longs[0] + " " + longs[1] + " " + longs[2] + " " + text;
        });
        for (Future<String> one : all) {
            assertEquals("-1 1099511627776 -9223372036854775808 süß \u0000 \ud83d\ude00", one.get());
        }
    }

    /** A sum in which one does not take part any more, seen by the seven others. */
    private static void assertFarewell(Callable<List<String>> addresses, boolean end, String why,
            Function<SocketExchange, String> ending) throws Exception {
        int leaves = end ? 0 : 5;
        List<Future<String>> all = run(addresses.call(), exchange -> {
            exchange.sum(new float[10]);
            if (exchange.rank() == leaves) {
                return ending.apply(exchange);
            }
            try {
                while (true) {
                    exchange.sum(new float[100_000]);
                }
            } catch (WorkerException e) {
                assertEquals(end, e.isEnd());
                return e.getMessage();
            }
        });
        for (int rank = 0; rank < all.size(); rank++) {
            assertEquals(why, all.get(rank).get(), "rank " + rank);
        }
    }

    @Test
    void whoLeavesSaysWhyToAll() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertFarewell(() -> addresses(8), true, "worker 0 has ended the training", exchange -> {
                exchange.close();
                return "worker 0 has ended the training";
            });
            assertFarewell(() -> addresses(8), false, "worker 5 ended: step 7: a number is not finite", exchange -> {
                exchange.abandon("step 7: a number is not finite");
                return "worker 5 ended: step 7: a number is not finite";
            });
        }
    }

    @Test
    void otherNumbersAreNoticed() throws Exception {
        List<Future<String>> all = run(addresses(2), exchange -> assertThrows(WorkerException.class, () -> exchange.sum(
                new float[10 + exchange.rank() * 10])).getMessage());
        String both = all.get(0).get() + all.get(1).get();
        assertTrue(both.contains(" numbers where ") && both.contains("it trains something else"), both);
    }

    @Test
    void strangersAreHungUpOn() throws Exception {
        List<String> addresses = addresses(2);
        int port = Integer.parseInt(addresses.get(1).substring(10));
        Thread stranger = new Thread(() -> {
            for (int i = 0; i < 100; i++) {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress("127.0.0.1", port));
                    socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
                    return;
                } catch (IOException e) {
                    pause();
                }
            }
        });
        stranger.start();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Future<SocketExchange> one = threads.submit(() -> SocketExchange.connect(addresses, 1, PATIENCE));
        stranger.join();
        SocketExchange zero = SocketExchange.connect(addresses, 0, PATIENCE);
        SocketExchange other = one.get();
        Future<?> sum = threads.submit(() -> other.sum(new float[5]));
        zero.sum(new float[5]);
        sum.get();
        // one waits for the other
        Future<?> end = threads.submit(other::close);
        zero.close();
        end.get();
        threads.shutdownNow();
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String refused(List<String> workers, int rank) {
        return assertThrows(ArgumentException.class, () -> SocketExchange.connect(workers, rank, PATIENCE))
                .getMessage();
    }

    @Test
    void addressesAndRanksAreChecked() {
        assertEquals("workers must be 1, 2, 4 or 8 addresses, not 3 of them", refused(List.of("a:1", "b:1", "c:1"), 0));
        assertEquals("rank must be 0 to 1, not 2", refused(List.of("127.0.0.1:1", "127.0.0.1:2"), 2));
        String format = "workers must be HOST:PORT,HOST:PORT,... with ports from 1 to 65535, not ";
        for (String wrong : List.of("127.0.0.1", "127.0.0.1:", ":1", "127.0.0.1:0", "127.0.0.1:65536",
                "127.0.0.1:x")) {
            assertTrue(refused(List.of(wrong, "127.0.0.1:2"), 0).startsWith(format), wrong);
        }
        assertEquals("workers must be different addresses, not 127.0.0.1:2 twice", refused(List.of("127.0.0.1:2",
                "127.0.0.1:2"), 0));
        assertTrue(refused(List.of("no-such-host.invalid:1", "127.0.0.1:2"), 0).startsWith(
                "workers must be hosts that this machine knows, not "));
    }

    @Test
    void whoDoesNotComeIsNamed() throws Exception {
        List<String> addresses = addresses(4);
        Duration little = Duration.ofMillis(300);
        String called = assertThrows(WorkerException.class, () -> SocketExchange.connect(addresses, 0, little))
                .getMessage();
        assertEquals("worker 0 cannot reach the others: worker 1 (" + addresses.get(1) + ") did not come", called);
        String awaited = assertThrows(WorkerException.class, () -> SocketExchange.connect(addresses, 3, little))
                .getMessage();
        assertEquals("worker 3 cannot reach the others: worker 2 (" + addresses.get(2) + ") did not come", awaited);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = "127.0.0.1:" + taken.getLocalPort();
            String message = assertThrows(WorkerException.class, () -> SocketExchange.connect(List.of(port, addresses
                    .get(0)), 0, little)).getMessage();
            assertTrue(message.startsWith("worker 0 cannot reach the others: it cannot listen on worker 0 (" + port
                    + ")"), message);
        }
    }

    @Test
    void otherCountsOfWorkersAreNamed() throws Exception {
        List<String> addresses = addresses(4);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Future<String> two = threads.submit(() -> assertThrows(WorkerException.class, () -> SocketExchange.connect(
                addresses.subList(0, 2), 1, PATIENCE)).getMessage());
        String four = assertThrows(WorkerException.class, () -> SocketExchange.connect(addresses, 0, PATIENCE))
                .getMessage();
        assertTrue(two.get().endsWith(" was told of 4 workers, this one of 2"), two.get());
        assertEquals("worker 0 cannot reach the others: worker 1 (" + addresses.get(1)
                + ") was told of 2 workers, this one of 4", four);
        threads.shutdownNow();
    }

    /** Who computes for long is not given up, who is not there any more is. */
    @Test
    void silenceIsNoticed() throws Exception {
        List<String> addresses = addresses(2);
        Duration silence = Duration.ofMillis(1200);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Future<SocketExchange> one = threads.submit(() -> SocketExchange.connect(addresses, 1, PATIENCE, silence));
        SocketExchange zero = SocketExchange.connect(addresses, 0, PATIENCE, silence);
        float[] sum = {1};
        Future<?> waits = threads.submit(() -> zero.sum(sum));
        Thread.sleep(3 * silence.toMillis());
        one.get().sum(new float[] {2});
        waits.get();
        assertEquals(3, sum[0]);
        // these say hello, and that they are ready; one says nothing more, the other its numbers, and takes none
        assertEquals(" was lost (nothing was heard of it for 1 seconds)", lostAgainst(socket -> {}, 5));
        assertEquals(" was lost (it has taken nothing for 1 seconds)", lostAgainst(socket -> {
            ByteBuffer numbers = ByteBuffer.allocate(8 + (1 << 24)).order(ByteOrder.LITTLE_ENDIAN).putInt(1).putInt(
                    1 << 22);
            socket.getOutputStream().write(numbers.array());
        }, 1 << 23));
        Future<?> end = threads.submit(() -> {
            one.get().close();
            return null;
        });
        zero.close();
        end.get();
        threads.shutdownNow();
    }

    private interface Talk {
        void with(Socket socket) throws IOException;
    }

    /** What worker 0 says of a worker 1 that is none, less its name. */
    private static String lostAgainst(Talk talk, int count) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<String> addresses = List.of(addresses(1).get(0), "127.0.0.1:" + server.getLocalPort());
            Future<Socket> other = thread.submit(() -> {
                Socket socket = server.accept();
                byte[] hello = socket.getInputStream().readNBytes(12);
                hello[4] = 1;
                socket.getOutputStream().write(hello);
                socket.getOutputStream().write(new byte[] {5, 0, 0, 0, 0, 0, 0, 0});
                talk.with(socket);
                return socket;
            });
            SocketExchange alone = SocketExchange.connect(addresses, 0, PATIENCE, Duration.ofMillis(1200));
            String message = assertThrows(WorkerException.class, () -> alone.sum(new float[count])).getMessage();
            other.get().close();
            return message.replace("worker 1 (" + addresses.get(1) + ")", "");
        } finally {
            thread.shutdownNow();
        }
    }

    /** One that goes before all have come may come again. */
    @Test
    void whoComesAgainIsTaken() throws Exception {
        List<String> addresses = addresses(4);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<float[]>> all = new ArrayList<>();
        for (int rank : new int[] {1, 2}) {
            all.add(threads.submit(() -> oneSum(addresses, rank, PATIENCE)));
        }
        String gone = assertThrows(WorkerException.class, () -> oneSum(addresses, 0, Duration.ofMillis(1500)))
                .getMessage();
        assertTrue(gone.startsWith("worker 0 cannot reach the others: "), gone);
        // a stranger whose connection breaks is no worker
        try (Socket stranger = new Socket("127.0.0.1", Integer.parseInt(addresses.get(1).substring(10)))) {
            stranger.setSoLinger(true, 0);
        }
        for (int rank : new int[] {0, 3}) {
            all.add(threads.submit(() -> oneSum(addresses, rank, PATIENCE)));
        }
        for (Future<float[]> one : all) {
            assertArrayEquals(new float[] {6}, one.get());
        }
        threads.shutdownNow();
    }

    private static float[] oneSum(List<String> addresses, int rank, Duration patience) {
        try (SocketExchange exchange = SocketExchange.connect(addresses, rank, patience)) {
            float[] sum = {rank};
            exchange.sum(sum);
            exchange.sum(new float[1]);
            return sum;
        }
    }
}
