package io.elbo4j.equivalence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Known answers in plain text, {@code tests/golden/NAME.txt}: lines of a key and a SHA-256, {@code #} begins a comment.
 * With {@code -Delbo4j.golden.write=true} the file is written anew from the java backend's results instead of checked.
 */
final class Golden {
    private final Path file;
    private final String comment;
    private final Map<String, String> found = new LinkedHashMap<>();

    Golden(String name, String comment) {
        this.file = Path.of(System.getProperty("elbo4j.golden", "tests/golden")).resolve(name + ".txt");
        this.comment = comment;
    }

    void found(String key, String sha256) {
        found.put(key, sha256);
    }

    /** Fails with the first key whose digest differs from the file's, or that is in one of both only. */
    void check() throws IOException {
        if (Boolean.getBoolean("elbo4j.golden.write")) {
            StringBuilder text = new StringBuilder("# " + comment + "\n");
            found.forEach((k, v) -> text.append(k).append(' ').append(v).append('\n'));
            Files.writeString(file, text);
            return;
        }
        Map<String, String> known = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(file);
        for (String line : lines) {
            if (!line.startsWith("#") && !line.isBlank()) {
                int space = line.lastIndexOf(' ');
                known.put(line.substring(0, space), line.substring(space + 1));
            }
        }
        for (Map.Entry<String, String> e : found.entrySet()) {
            if (!e.getValue().equals(known.remove(e.getKey()))) {
                throw new AssertionError(file.getFileName() + ": '" + e.getKey() + "' now has SHA-256 " + e.getValue()
                        + "; the numerics contract has been broken, or the case is new");
            }
        }
        if (!known.isEmpty()) {
            throw new AssertionError(file.getFileName() + " has cases that were not run: " + known.keySet());
        }
    }
}
