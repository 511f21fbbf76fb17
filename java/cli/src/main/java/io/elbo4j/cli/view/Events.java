package io.elbo4j.cli.view;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is new in the runs below a folder, for one browser, as server-sent events: {@code {run, file, anew, lines}} of
 * metrics.jsonl and steps.jsonl, {@code {run, settings, pictures}} of all else, {@code {run, gone}} of what has
 * gone.
 */
final class Events {
    private static final int DEPTH = 4;
    private static final Set<String> NAMES = Set.of("metrics.jsonl", "steps.jsonl", "run.json");
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
            TreeSet<Path> runs = runs();
            for (Path gone : described.keySet().stream().filter(run -> !runs.contains(run)).toList()) {
                described.remove(gone);
                files.keySet().removeIf(file -> file.getParent().equals(gone));
                send("{\"run\":" + new JsonPrimitive(name(gone)) + ",\"gone\":true}");
            }
            for (Path run : runs) {
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

    /** What cannot be read, or has gone meanwhile, is left out. */
    private TreeSet<Path> runs() throws IOException {
        TreeSet<Path> runs = new TreeSet<>();
        Files.walkFileTree(root, Set.of(), DEPTH + 1, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (NAMES.contains(file.getFileName().toString()) && isOurs(file)) {
                    runs.add(file.getParent());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return runs;
    }

    /** A file, in the folder also behind all links. */
    private boolean isOurs(Path file) {
        try {
            return Files.isRegularFile(file) && file.toRealPath().startsWith(root);
        } catch (IOException e) {
            return false;
        }
    }

    private void describe(Path run) throws IOException {
        JsonObject event = new JsonObject();
        event.addProperty("run", name(run));
        Path plan = run.resolve("run.json");
        event.add("settings", isOurs(plan) ? settings(plan) : new JsonObject());
        event.add("pictures", pictures(run));
        String text = event.toString();
        if (!text.equals(described.put(run, text))) {
            send(text);
        }
    }

    private void lines(Path run, String name) throws IOException {
        Path file = run.resolve(name + ".jsonl");
        if (!isOurs(file)) {
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
        String name = relative(run);
        return name.isEmpty() ? "." : name;
    }

    private String relative(Path file) {
        return root.relativize(file).toString().replace(File.separatorChar, '/');
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

    /** Paths and when they were written, by which a browser knows that they are others. */
    private JsonArray pictures(Path run) {
        TreeMap<String, Long> found = new TreeMap<>();
        try (Stream<Path> inRun = Files.walk(run, 2)) {
            inRun.filter(file -> file.getFileName().toString().endsWith(".png") && isOurs(file)
                    && (file.getParent().equals(run) || !described.containsKey(file.getParent()))).forEach(
                            file -> found.put(relative(file), file.toFile().lastModified()));
        } catch (IOException | RuntimeException e) {
            // gone meanwhile, or not to be read
        }
        JsonArray all = new JsonArray();
        found.forEach((path, time) -> {
            JsonObject picture = new JsonObject();
            picture.addProperty("path", path);
            picture.addProperty("time", time);
            all.add(picture);
        });
        return all;
    }
}
