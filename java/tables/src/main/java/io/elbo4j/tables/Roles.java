package io.elbo4j.tables;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the columns of a query are for.
 *
 * @param values of x, in the order that they are to have
 * @param notes what is left aside
 */
record Roles(List<Source> values, List<Source> keys, Optional<Source> label, Optional<Source> split,
        List<String> notes) {
    /**
     * A column of the query.
     *
     * @param type of SQL
     */
    record Source(String name, String type) {
        String quoted() {
            return DuckDb.quoted(name);
        }
    }

    /**
     * Settings say which columns are no values. Those of a trained model's table are looked for by their names: what it
     * has as keys, label or split may be missing, what it does not know is left aside.
     *
     * @throws DataException naming a column that is not there, and those that are
     */
    static Roles of(String name, List<Source> all, DataRequest request) {
        TableSettings settings = request.settings();
        Table like = request.like();
        Map<String, Source> byName = all.stream().collect(Collectors.toMap(Source::name, s -> s));
        List<String> notes = new ArrayList<>();
        List<Source> keys = new ArrayList<>();
        for (String key : settings.keys()) {
            find(name, byName, "key", key, like.settings().keys().contains(key), notes).ifPresent(keys::add);
        }
        boolean old = like.hasColumns();
        Optional<Source> label = settings.label().isEmpty() ? Optional.empty() : find(name, byName, "label", settings
                .label(), old && settings.label().equals(like.settings().label()), notes);
        Optional<Source> split = settings.split().isEmpty() ? Optional.empty() : find(name, byName, "split", settings
                .split(), old && settings.split().equals(like.settings().split()), notes);
        List<Source> rest = all.stream().filter(s -> !keys.contains(s) && Stream.of(label, split).noneMatch(o -> o
                .filter(s::equals).isPresent())).toList();
        List<Source> values = rest;
        if (old) {
            List<String> wanted = like.columns().stream().map(Table.Column::name).toList();
            List<String> missing = wanted.stream().filter(w -> rest.stream().noneMatch(s -> s.name().equals(w)))
                    .toList();
            if (!missing.isEmpty()) {
                throw new DataException(name + ": has no column " + words(missing) + ", which the model was trained on;"
                        + " it has " + words(all.stream().map(Source::name).toList()));
            }
            values = wanted.stream().map(byName::get).toList();
            List<String> more = rest.stream().map(Source::name).filter(s -> !wanted.contains(s)).toList();
            if (!more.isEmpty()) {
                notes.add(name + ": the model was not trained on column " + words(more)
                        + (more.size() > 1 ? ", which are left aside" : ", which is left aside"));
            }
        }
        if (values.isEmpty()) {
            throw new DataException(name + ": has no column of values beside " + words(all.stream().map(Source::name)
                    .toList()) + ", expected at least one");
        }
        return new Roles(values, keys, label, split, notes);
    }

    private static Optional<Source> find(String name, Map<String, Source> byName, String role, String column,
            boolean optional, List<String> notes) {
        Source found = byName.get(column);
        if (found == null && !optional) {
            throw new DataException(name + ": has no column " + Quoted.of(column) + " for the " + role + "; it has "
                    + words(byName.keySet().stream().sorted().toList()));
        }
        if (found == null) {
            notes.add(name + ": has no column " + Quoted.of(column) + ", the " + role + " of the trained table");
        }
        return Optional.ofNullable(found);
    }

    private static String words(List<String> names) {
        int most = 20;
        return names.stream().limit(most).map(Quoted::of).collect(Collectors.joining(", ")) + (names.size() > most
                ? " and " + (names.size() - most) + " more" : "");
    }
}
