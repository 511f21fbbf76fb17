package io.elbo4j.cli.view;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A page in headless Chromium, by the Chrome DevTools Protocol. */
final class Browser implements AutoCloseable {
    private static final long SECONDS = 60;

    private final Process process;
    private final WebSocket socket;
    private final BlockingQueue<JsonObject> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> errors = new LinkedBlockingQueue<>();
    private int last;

    /** Where Chromium is; empty if it is not installed. */
    static Optional<Path> installed() {
        return Stream.of(System.getenv("PATH").split(":")).flatMap(folder -> Stream.of("chromium", "chromium-browser",
                "google-chrome").map(name -> Path.of(folder, name))).filter(Files::isExecutable).findFirst();
    }

    Browser(Path chromium, Path profile, int width, int height) throws Exception {
        process = new ProcessBuilder(chromium.toString(), "--headless=new", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-sync",
                "--disable-component-update", "--remote-debugging-port=0", "--user-data-dir=" + profile,
                "--window-size=" + width + "," + height, "about:blank").redirectErrorStream(true).redirectOutput(
                        ProcessBuilder.Redirect.DISCARD).start();
        Path port = profile.resolve("DevToolsActivePort");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!Files.exists(port) || Files.readAllLines(port).isEmpty()) {
            if (System.nanoTime() > end || !process.isAlive()) {
                process.destroyForcibly();
                throw new IOException("Chromium did not start");
            }
            Thread.sleep(50);
        }
        HttpClient client = HttpClient.newHttpClient();
        String pages = client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(
                0) + "/json/list")).build(), HttpResponse.BodyHandlers.ofString()).body();
        JsonObject page = JsonParser.parseString(pages).getAsJsonArray().asList().stream().map(
                JsonElement::getAsJsonObject).filter(o -> o.get("type").getAsString().equals("page")).findFirst()
                .orElseThrow();
        socket = client.newWebSocketBuilder().buildAsync(URI.create(page.get("webSocketDebuggerUrl").getAsString()),
                new Listener()).get(SECONDS, TimeUnit.SECONDS);
        call("Runtime.enable", new JsonObject());
        call("Log.enable", new JsonObject());
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean whole) {
            text.append(data);
            if (whole) {
                JsonObject o = JsonParser.parseString(text.toString()).getAsJsonObject();
                text.setLength(0);
                if (o.has("id")) {
                    answers.add(o);
                } else if (o.get("method").getAsString().equals("Runtime.exceptionThrown")
                        || o.get("method").getAsString().equals("Log.entryAdded") && o.getAsJsonObject("params")
                                .getAsJsonObject("entry").get("level").getAsString().equals("error")) {
                    errors.add(o.toString());
                }
            }
            from.request(1);
            return null;
        }
    }

    private JsonObject call(String method, JsonObject params) throws InterruptedException {
        JsonObject o = new JsonObject();
        o.addProperty("id", ++last);
        o.addProperty("method", method);
        o.add("params", params);
        socket.sendText(o.toString(), true).join();
        JsonObject answer = answers.poll(SECONDS, TimeUnit.SECONDS);
        if (answer == null || answer.get("id").getAsInt() != last || answer.has("error")) {
            throw new IllegalStateException(method + ": " + answer);
        }
        return answer.getAsJsonObject("result");
    }

    void open(String url) throws InterruptedException {
        JsonObject params = new JsonObject();
        params.addProperty("url", url);
        call("Page.navigate", params);
    }

    /** What an expression of the page is, as text; "undefined" as long as it means nothing. */
    String evaluate(String expression) throws InterruptedException {
        JsonObject params = new JsonObject();
        params.addProperty("expression", "String(" + expression + ")");
        JsonElement value = call("Runtime.evaluate", params).getAsJsonObject("result").get("value");
        return value == null ? "undefined" : value.getAsString();
    }

    /** Milliseconds until an expression of the page is true. */
    long waitFor(String expression) throws InterruptedException {
        long begin = System.nanoTime();
        while (!evaluate(expression).equals("true")) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(SECONDS)) {
                throw new IllegalStateException("never: " + expression + "; errors " + errors);
            }
            Thread.sleep(10);
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    void picture(Path png) throws Exception {
        Files.write(png, Base64.getDecoder().decode(call("Page.captureScreenshot", new JsonObject()).get("data")
                .getAsString()));
    }

    List<String> errors() {
        return List.copyOf(errors);
    }

    @Override
    public void close() {
        socket.abort();
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        // the profile's folder is to be removed after that
        all.forEach(each -> each.onExit().join());
    }
}
