package io.elbo4j.languages;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.Scorer;
import io.elbo4j.train.run.Trained;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Scores rows over HTTP, so many at once: POST /score with a row, {@code [0.5, 1, ...]}, is answered with
 * {@code {"elbo": -90.1, "reconstruction": -80.2, "kl": 9.9}}, in nats.
 */
public final class ScoringService implements AutoCloseable {
    private final Gson gson = new Gson();
    // of one thread, so that scorers run side by side
    private final Backend backend = Backends.open("auto", 1);
    private final Trained trained;
    private final BlockingQueue<Scorer> scorers;
    private final ExecutorService threads;
    private final HttpServer server;

    /**
     * @param run its folder, or a checkpoint
     * @param port 0 for a free one
     */
    public ScoringService(Path run, int count, int port) throws IOException {
        trained = Trained.load(run, backend);
        scorers = new ArrayBlockingQueue<>(count);
        for (int i = 0; i < count; i++) {
            scorers.add(trained.scorer());
        }
        threads = Executors.newFixedThreadPool(count);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/score", this::answer);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange x) throws IOException {
        try (x; Reader body = new InputStreamReader(x.getRequestBody(), StandardCharsets.UTF_8)) {
            int status = 200;
            String text;
            // there is one for each thread
            Scorer scorer = scorers.remove();
            try {
                text = gson.toJson(scorer.score(gson.fromJson(body, float[].class)));
            } catch (JsonParseException | IllegalArgumentException e) {
                status = 400;
                text = e.getMessage();
            } finally {
                scorers.add(scorer);
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            x.sendResponseHeaders(status, bytes.length);
            x.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
        scorers.forEach(Scorer::close);
        trained.close();
        backend.close();
    }
}
