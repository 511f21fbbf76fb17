package io.elbo4j.equivalence;

import com.google.gson.GsonBuilder;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Noise;
import io.elbo4j.operation.RandomFill;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * {@link DenseFunctions} on all 2^32 inputs, and 2^30 normal numbers: one SHA-256 each, compared with
 * {@code tests/golden/exhaustive.txt}. Chunks of 2^22 results are digested in parallel ({@link Bits#sha256}); a
 * function's digest is that of its chunks' digests in order. Every thread has a backend of its own, on one device too.
 *
 * <p>As a program: {@code Exhaustive BACKEND [EVERY] [JSON]}. With EVERY above 1 only every so many chunks are run, and
 * compared with the cpu backend instead of the file; so is everything where a digest is wrong, to say where.
 */
final class Exhaustive {
    private static final int CHUNK = 1 << 22;
    private static final int CHUNKS = 1 << 10;
    private static final int SIDE = 1 << 11;
    private static final int NORMAL_COLUMNS = 1 << 14;
    private static final int NORMAL_CHUNKS = 1 << 8;
    private static final String COMMENT = "function SHA-256 of its results on all 2^32 inputs (normal: 2^16 x 2^14"
            + " numbers); see Exhaustive. Written by the cpu backend.";

    private Exhaustive() {}

    /** One thread's backend and operands. */
    private static final class Lane implements AutoCloseable {
        private final Backend backend;
        private final DenseFunctions functions;
        private final Noise noise = new Noise(42, 0);
        private final float[] input = new float[CHUNK];

        Lane(Backend backend) {
            this.backend = backend;
            functions = new DenseFunctions(backend, SIDE);
            functions.add("normal", RandomFill.normal(noise,
                    functions.y().reshape(CHUNK / NORMAL_COLUMNS, NORMAL_COLUMNS)));
        }

        void chunk(int chunk) {
            for (int i = 0; i < CHUNK; i++) {
                input[i] = Float.intBitsToFloat(chunk * CHUNK + i);
            }
            functions.inputs(input);
            noise.firstRow((long) chunk * (CHUNK / NORMAL_COLUMNS));
        }

        float[] results(String function) {
            return functions.results(function);
        }

        @Override
        public void close() {
            functions.close();
            backend.close();
        }
    }

    /** What the threads do with the results of a chunk. */
    @FunctionalInterface
    private interface Use {
        void accept(String function, int chunk, float[] results);
    }

    private static boolean has(String function, int chunk) {
        return !function.equals("normal") || chunk < NORMAL_CHUNKS;
    }

    private static void run(Supplier<Backend> opener, int every, Supplier<Use> uses) {
        int lanes = Runtime.getRuntime().availableProcessors();
        AtomicInteger next = new AtomicInteger();
        Callable<Void> work = () -> {
            Use use = uses.get();
            try (Lane lane = new Lane(opener.get())) {
                for (int c = next.getAndAdd(every); c < CHUNKS; c = next.getAndAdd(every)) {
                    lane.chunk(c);
                    for (String function : lane.functions.names()) {
                        if (has(function, c)) {
                            use.accept(function, c, lane.results(function));
                        }
                    }
                }
            }
            return null;
        };
        ExecutorService threads = Executors.newFixedThreadPool(lanes);
        try {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < lanes; i++) {
                all.add(threads.submit(work));
            }
            for (Future<Void> each : all) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** The digest of every function. */
    static Map<String, String> digests(Supplier<Backend> opener) {
        Map<String, byte[]> ofChunks = new ConcurrentSkipListMap<>();
        run(opener, 1, () -> {
            MessageDigest digest = sha256();
            ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            IntBuffer ints = bytes.asIntBuffer();
            return (function, chunk, results) -> {
                for (int i = 0; i < CHUNK; i++) {
                    ints.put(i, Bits.of(results[i]));
                }
                ofChunks.put(String.format("%s %04d", function, chunk), digest.digest(bytes.array()));
            };
        });
        Map<String, MessageDigest> all = new LinkedHashMap<>();
        ofChunks.forEach((key, digest) -> all.computeIfAbsent(key.substring(0, key.indexOf(' ')), k -> sha256())
                .update(digest));
        Map<String, String> hex = new LinkedHashMap<>();
        all.forEach((function, digest) -> hex.put(function, HexFormat.of().formatHex(digest.digest())));
        return hex;
    }

    /** For each function that differs from the cpu backend, in how many chunks and how first. */
    static Map<String, String> differences(Supplier<Backend> opener, int every) {
        Map<String, String> found = new ConcurrentSkipListMap<>();
        run(opener, every, () -> {
            Lane reference = new Lane(Backends.open("cpu", 1));
            int[] at = {-1};
            return (function, chunk, results) -> {
                if (at[0] != chunk) {
                    reference.chunk(chunk);
                    at[0] = chunk;
                }
                String difference = Bits.difference(List.of(reference.results(function)), List.of(results));
                if (difference != null) {
                    found.put(String.format("%s %04d", function, chunk), String.format("inputs from %08x: %s",
                            chunk * CHUNK, difference));
                }
            };
        });
        Map<String, String> first = new LinkedHashMap<>();
        Map<String, Integer> count = new LinkedHashMap<>();
        found.forEach((key, difference) -> {
            String function = key.substring(0, key.indexOf(' '));
            first.putIfAbsent(function, difference);
            count.merge(function, 1, Integer::sum);
        });
        first.replaceAll((function, difference) -> count.get(function) + " chunks, " + difference);
        return first;
    }

    static void check(Map<String, String> digests) throws IOException {
        Golden golden = new Golden("exhaustive", COMMENT);
        digests.forEach(golden::found);
        golden.check();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void main(String[] args) throws IOException {
        Supplier<Backend> opener = () -> Backends.open(args[0], 1);
        int every = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        Map<String, Object> report = new LinkedHashMap<>();
        long begin = System.nanoTime();
        boolean same = true;
        if (every == 1) {
            Map<String, String> digests = digests(opener);
            report.put("sha256", digests);
            try {
                check(digests);
            } catch (AssertionError wrong) {
                System.out.println(wrong.getMessage());
                same = false;
            }
        }
        report.put("inputs_per_function", (long) CHUNK * (CHUNKS / every));
        if (every > 1 || !same) {
            Map<String, String> differences = differences(opener, every);
            differences.forEach((function, difference) -> System.out.println(function + ": " + difference));
            report.put("differences", differences);
            same &= differences.isEmpty();
        }
        report.put("same", same);
        report.put("seconds", (System.nanoTime() - begin) * 1e-9);
        String json = new GsonBuilder().setPrettyPrinting().create().toJson(report);
        System.out.println(json);
        if (args.length > 2) {
            Files.writeString(Path.of(args[2]), json);
        }
        System.exit(same ? 0 : 1);
    }
}
