package io.elbo4j.cli.view;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers browsers of this machine: the page, what is new in the runs as server-sent events, and pictures. Requests
 * that name another host are refused, as a page of another host would make them (DNS rebinding), and so is every path
 * that leads out of the folder.
 */
public final class ViewServer implements AutoCloseable {
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final Map<String, String> RESOURCES = Map.of("/", "/io/elbo4j/cli/view/index.html",
            "/view.js", "/io/elbo4j/cli/view/view.js", "/view.css", "/io/elbo4j/cli/view/view.css",
            "/uplot.js", UPLOT + "uPlot.iife.min.js", "/uplot.css", UPLOT + "uPlot.min.css");
    private static final Map<String, String> TYPES = Map.of("js", "text/javascript; charset=utf-8", "css",
            "text/css; charset=utf-8", "html", "text/html; charset=utf-8");

    private final Path folder;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "elbo4j view");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean closed;

    private ViewServer(Path folder, int port) throws IOException {
        this.folder = folder.toRealPath();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** @param port 0 for a free one */
    public static ViewServer start(Path folder, int port) throws IOException {
        return new ViewServer(folder, port);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        closed = true;
        server.stop(0);
        threads.shutdownNow();
    }

    /** Browsers leave the port of HTTP out. */
    static boolean isLocal(@Nullable String host, int port) {
        return Stream.of("localhost", "127.0.0.1").anyMatch(name -> (name + ":" + port).equals(host)
                || port == 80 && name.equals(host));
    }

    private void answer(HttpExchange x) throws IOException {
        try (x) {
            String host = x.getRequestHeaders().getFirst("Host");
            String path = x.getRequestURI().getPath();
            x.getResponseHeaders().set("Cache-Control", "no-store");
            x.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            x.getResponseHeaders().set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:");
            if (!isLocal(host, port())) {
                refuse(x, 403, "only localhost is answered");
            } else if (!x.getRequestMethod().equals("GET")) {
                refuse(x, 405, "only GET is answered");
            } else if (RESOURCES.containsKey(path)) {
                String resource = RESOURCES.get(path);
                try (InputStream in = ViewServer.class.getResourceAsStream(resource)) {
                    send(x, 200, TYPES.get(resource.substring(resource.lastIndexOf('.') + 1)), in.readAllBytes());
                }
            } else if (path.equals("/events")) {
                x.getResponseHeaders().set("Content-Type", "text/event-stream");
                x.sendResponseHeaders(200, 0);
                new Events(folder, x.getResponseBody()).sendUntil(() -> closed);
            } else if (path.startsWith("/lines/")) {
                Path metrics = below(path.substring("/lines/".length()), "metrics.jsonl");
                String lines = metrics == null ? "" : String.join(",", new Lines(metrics).take());
                send(x, 200, "application/json", ("[" + lines + "]").getBytes(StandardCharsets.UTF_8));
            } else {
                Path picture = path.startsWith("/picture/") ? below(path.substring("/picture/".length()), ".png")
                        : null;
                if (picture == null) {
                    refuse(x, 404, "no such page");
                } else {
                    send(x, 200, "image/png", Files.readAllBytes(picture));
                }
            }
        }
    }

    /** A file in the folder, also behind all links, whose name ends so; null if there is none. */
    private Path below(String relative, String end) {
        try {
            Path file = folder.resolve(relative).toRealPath();
            return file.startsWith(folder) && file.getFileName().toString().endsWith(end) && Files.isRegularFile(file)
                    ? file : null;
        } catch (IOException | RuntimeException e) {
            // no such file, or no path at all
            return null;
        }
    }

    private static void refuse(HttpExchange x, int status, String sentence) throws IOException {
        send(x, status, "text/plain; charset=utf-8", sentence.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange x, int status, String type, byte[] body) throws IOException {
        x.getResponseHeaders().set("Content-Type", type);
        // to HEAD no body may be sent, nor its length be given
        boolean empty = body.length == 0 || x.getRequestMethod().equals("HEAD");
        x.sendResponseHeaders(status, empty ? -1 : body.length);
        if (!empty) {
            x.getResponseBody().write(body);
        }
    }
}
