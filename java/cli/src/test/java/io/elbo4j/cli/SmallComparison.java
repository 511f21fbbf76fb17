package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.gson.JsonArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A command that compares several ways, with options by which it takes little time. */
record SmallComparison(String command, List<String> options) {
    /** The same, with some options given other values. */
    SmallComparison with(String... changes) {
        List<String> changed = new ArrayList<>(options);
        for (int i = 0; i < changes.length; i++) {
            int at = changed.indexOf(changes[i]);
            if (at >= 0 && changes[i].startsWith("--")) {
                changed.set(at + 1, changes[++i]);
            } else {
                changed.add(changes[i]);
            }
        }
        return new SmallComparison(command, changed);
    }

    Cli.Result run(String... changes) {
        return Cli.run(Lists.join(List.of(command), with(changes).options.toArray(String[]::new)));
    }

    /** The rows, which JSON has under the command's name. */
    JsonArray json(String... changes) {
        return with(changes).run("--json").succeeds().json().getAsJsonArray(command);
    }

    /**
     * An option changes the numbers of these rows, and of no others.
     *
     * @param before the rows without it
     */
    void assertChanges(JsonArray before, Set<Integer> rows, String... changes) {
        JsonArray after = json(changes);
        assertEquals(before.size(), after.size());
        for (int row = 0; row < before.size(); row++) {
            String what = String.join(" ", changes) + ", row " + row;
            if (rows.contains(row)) {
                assertNotEquals(before.get(row), after.get(row), what);
            } else {
                assertEquals(before.get(row), after.get(row), what);
            }
        }
    }
}
