package io.elbo4j.equivalence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Known answers in plain text, {@code tests/golden/NAME.txt}: lines of a key and a SHA-256, {@code #} begins a comment.
 * A case that is new fails, or with {@code -Delbo4j.golden.write=true} is added to the file, from the java backend's
 * results. A line that is there is never changed: a change of the specification begins with deleting its lines by hand.
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

    /** Fails where a case has another digest than its line, or none, or a line has no case. */
    void check() throws IOException {
        Map<String, String> known = read();
        List<String> changed = found.keySet().stream()
                .filter(key -> known.containsKey(key) && !known.get(key).equals(found.get(key))).toList();
        List<String> fresh = found.keySet().stream().filter(key -> !known.containsKey(key)).toList();
        List<String> stale = known.keySet().stream().filter(key -> !found.containsKey(key)).toList();
        refuse(changed, "the numerics contract is broken: other bits than in the file; if the specification has changed"
                + " on purpose, delete these lines and write them anew");
        refuse(stale, "these lines have no case that was run: delete them if their cases are gone");
        if (!Boolean.getBoolean("elbo4j.golden.write")) {
            refuse(fresh, "these cases are new: -Delbo4j.golden.write=true adds their lines");
        } else if (!fresh.isEmpty()) {
            StringBuilder text = new StringBuilder("# " + comment + "\n");
            found.forEach((key, sha256) -> text.append(key).append(' ').append(sha256).append('\n'));
            Files.writeString(file, text);
        }
    }

    private Map<String, String> read() throws IOException {
        Map<String, String> known = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.startsWith("#") && !line.isBlank()) {
                int space = line.lastIndexOf(' ');
                known.put(line.substring(0, space), line.substring(space + 1));
            }
        }
        return known;
    }

    private void refuse(List<String> keys, String why) {
        if (!keys.isEmpty()) {
            throw new AssertionError(String.format("%s: %s: %d, the first '%s'%s", file.getFileName(), why, keys.size(),
                    keys.get(0), found.containsKey(keys.get(0)) ? " with SHA-256 " + found.get(keys.get(0)) : ""));
        }
    }
}
