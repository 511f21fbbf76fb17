package io.elbo4j.cli.view;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is new in the runs below a folder, for one browser, as server-sent events: {@code {run, file, anew, lines}} of
 * metrics.jsonl and steps.jsonl, {@code {run, settings, pictures}} of all else.
 */
final class Events {
    private static final int DEPTH = 4;
    private static final long MILLISECONDS = 250;
    /** Long, and only of the run that is looked at. */
    private static final Pattern DIMENSIONS = Pattern.compile(",\"kl_per_dimension\":\\[[^]]*]");

    private final Path root;
    private final OutputStream out;
    private final Map<Path, Lines> files = new HashMap<>();
    private final Map<Path, String> described = new HashMap<>();

    Events(Path root, OutputStream out) {
        this.root = root;
        this.out = out;
    }

    /** @throws IOException when the browser has gone away */
    void sendUntil(BooleanSupplier end) throws IOException {
        while (!end.getAsBoolean()) {
            for (Path run : runs()) {
                describe(run);
                for (String name : List.of("metrics", "steps")) {
                    lines(run, name);
                }
            }
            out.write(":\n\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            try {
                Thread.sleep(MILLISECONDS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private TreeSet<Path> runs() {
        try (Stream<Path> all = Files.walk(root, DEPTH + 1)) {
            TreeSet<Path> runs = new TreeSet<>();
            all.filter(file -> file.endsWith("metrics.jsonl") || file.endsWith("steps.jsonl") || file.endsWith(
                    "run.json")).forEach(file -> runs.add(file.getParent()));
            return runs;
        } catch (IOException | RuntimeException e) {
            // a folder that has gone meanwhile: the next look finds what is there
            return new TreeSet<>(files.keySet().stream().map(Path::getParent).filter(Files::isDirectory).toList());
        }
    }

    private void describe(Path run) throws IOException {
        JsonObject event = new JsonObject();
        event.addProperty("run", name(run));
        event.add("settings", settings(run.resolve("run.json")));
        event.add("pictures", pictures(run));
        String text = event.toString();
        if (!text.equals(described.put(run, text))) {
            send(text);
        }
    }

    private void lines(Path run, String name) throws IOException {
        Path file = run.resolve(name + ".jsonl");
        if (!Files.isRegularFile(file)) {
            return;
        }
        Lines lines = files.computeIfAbsent(file, Lines::new);
        boolean anew;
        List<String> taken;
        try {
            anew = lines.beginsAnew();
            if (anew) {
                lines.restart();
            }
            taken = lines.take();
        } catch (IOException e) {
            // being replaced
            return;
        }
        if (anew || !taken.isEmpty()) {
            send("{\"run\":" + new JsonPrimitive(name(run)) + ",\"file\":\"" + name + "\",\"anew\":" + anew
                    + ",\"lines\":[" + DIMENSIONS.matcher(String.join(",", taken)).replaceAll("") + "]}");
        }
    }

    private String name(Path run) {
        String name = root.relativize(run).toString().replace('\\', '/');
        return name.isEmpty() ? "." : name;
    }

    private void send(String data) throws IOException {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Numbers and words by name, those within others as {@code training.batch}. */
    private static JsonObject settings(Path file) {
        JsonObject flat = new JsonObject();
        try {
            flatten("", JsonParser.parseString(Files.readString(file)), flat);
        } catch (IOException | RuntimeException e) {
            // none, being replaced, or of something else
        }
        return flat;
    }

    private static void flatten(String name, JsonElement value, JsonObject flat) {
        if (value.isJsonObject()) {
            value.getAsJsonObject().entrySet().forEach(each -> flatten(name.isEmpty() || name.equals("start")
                    ? each.getKey() : name + "." + each.getKey(), each.getValue(), flat));
        } else if (!value.isJsonNull()) {
            flat.addProperty(name, value.isJsonPrimitive() ? value.getAsString() : value.toString());
        }
    }

    private JsonArray pictures(Path run) {
        List<String> names = new ArrayList<>();
        try (Stream<Path> inRun = Files.walk(run, 2)) {
            inRun.filter(file -> file.getFileName().toString().endsWith(".png") && (file.getParent().equals(run)
                    || !files.keySet().stream().map(Path::getParent).toList().contains(file.getParent()))).forEach(
                            file -> names.add(root.relativize(file).toString().replace('\\', '/') + "?" + time(file)));
        } catch (IOException | RuntimeException e) {
            // gone meanwhile
        }
        names.sort(null);
        JsonArray all = new JsonArray();
        names.forEach(all::add);
        return all;
    }

    private static long time(Path file) {
        return file.toFile().lastModified();
    }
}
