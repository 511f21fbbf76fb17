package io.elbo4j.tables;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Keys;
import io.elbo4j.train.data.Labels;
import io.elbo4j.train.data.RowCollector;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableSettings;
import io.jhdf.HdfFile;
import io.jhdf.api.Group;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rows of a matrix of an AnnData file, in its order. */
final class AnnDataReading {
    /** Values that are read at once. */
    private static final int PIECE = 1 << 20;

    private final String name;
    private final DataRequest request;
    private final H5Matrix matrix;
    private final Observations obs;
    private final List<String> variables;
    private final List<String> notes = new ArrayList<>();

    AnnDataReading(String name, HdfFile file, String path, DataRequest request) {
        this.name = name;
        this.request = request;
        this.matrix = H5Matrix.of(name + " " + path, H5.child(name, file, path));
        this.obs = new Observations(name + " obs", (Group) H5.child(name, file, "obs"));
        // raw has variables of its own
        String var = path.startsWith("raw/") ? "raw/var" : "var";
        this.variables = new Observations(name + " " + var, (Group) H5.child(name, file, var)).index();
        if (obs.index().size() != matrix.rows() || variables.size() != matrix.columns()) {
            throw new DataException(name + ": " + path + " is " + matrix.rows() + " x " + matrix.columns()
                    + ", but there"
                    + " are " + obs.index().size() + " observations and " + variables.size() + " variables");
        }
    }

    DataSource read() {
        Table like = request.like();
        List<Table.Column> columns = !like.hasColumns() ? variables.stream().map(variable -> new Table.Column(variable,
                "FLOAT", List.of(), "")).toList() : like.columns();
        TableSettings settings = request.settings();
        Split split = new Split(name, request, settings.split().isEmpty() || !hasSplit() ? "" : settings.split());
        Images x = values(columns);
        try {
            Images all = x;
            List<String> classes = List.of();
            if (request.arrays().contains(Images.LABEL)) {
                List<String> words = labels();
                classes = like.classes().isEmpty() ? Classes.sorted(words) : like.classes();
                all = x.with(Images.LABEL, oneHot(words, classes));
            }
            if (split.isByColumn()) {
                List<String> words = obs.texts(settings.split());
                for (int r = 0; r < words.size(); r++) {
                    split.add(r, words.get(r));
                }
            }
            DataSource divided = split.of(all);
            return new DataSource(divided.train(), divided.test(), notes, new Table(settings, columns, classes),
                    keys());
        } catch (RuntimeException | Error e) {
            x.close();
            throw e;
        }
    }

    /** Rows for a trained model need not be divided. */
    private boolean hasSplit() {
        return !request.like().hasColumns() || obs.group().getChildren().containsKey(request.settings().split());
    }

    private Keys keys() {
        if (!request.keys()) {
            return Keys.NONE;
        }
        List<Keys.Column> keys = new ArrayList<>(List.of(obs.indexKey()));
        for (String key : request.settings().keys()) {
            boolean old = request.like().settings().keys().contains(key);
            if (old && !obs.group().getChildren().containsKey(key)) {
                notes.add(name + ": has no column " + Quoted.of(key) + ", the key of the trained table");
            } else {
                keys.add(obs.key(key));
            }
        }
        return new Keys(keys);
    }

    private List<String> labels() {
        if (request.settings().label().isEmpty()) {
            throw new DataException(name + " has no array 'label', which the model takes: --label-column says which"
                    + " column of obs it is");
        }
        List<String> words = obs.texts(request.settings().label());
        int missing = words.indexOf(null);
        if (missing >= 0) {
            throw new DataException(name + ": the label at row " + missing + " (counted from 0) is missing");
        }
        return words;
    }

    private Images oneHot(List<String> words, List<String> classes) {
        Map<String, Integer> places = new HashMap<>();
        classes.forEach(c -> places.put(c, places.size()));
        int[] labels = new int[words.size()];
        for (int r = 0; r < labels.length; r++) {
            Integer place = places.get(words.get(r));
            if (place == null) {
                throw new DataException(name + ": the label at row " + r + " (counted from 0) is " + Quoted.of(words
                        .get(
                                r)) + ", expected one of the " + classes.size() + " classes");
            }
            labels[r] = place;
        }
        return Labels.oneHot(name, labels, classes.size());
    }

    /** Of each variable of the file its place in a row; -1 for none. */
    private int[] places(List<Table.Column> columns) {
        Map<String, Integer> byName = new HashMap<>();
        columns.forEach(column -> byName.put(column.name(), byName.size()));
        List<String> missing = new ArrayList<>(byName.keySet());
        missing.removeAll(List.copyOf(variables));
        if (!missing.isEmpty()) {
            throw new DataException(name + ": has no variable " + Quoted.of(missing.get(0)) + (missing.size() > 1
                    ? " and " + (missing.size() - 1) + " others" : "") + " that the model was trained on");
        }
        if (byName.size() < columns.size()) {
            throw new DataException(name + ": has a variable twice, expected names that differ");
        }
        int[] places = variables.stream().mapToInt(variable -> byName.getOrDefault(variable, -1)).toArray();
        long more = Arrays.stream(places).filter(place -> place < 0).count();
        if (more > 0) {
            notes.add(name + ": the model was not trained on " + more + " of its variables, which are left aside");
        }
        return places;
    }

    private Images values(List<Table.Column> columns) {
        int[] places = places(columns);
        int width = columns.size();
        int most = Math.max(1, PIECE / matrix.columns());
        double[] read = new double[most * matrix.columns()];
        float[] rows = new float[most * width];
        try (RowCollector collector = request.stream() ? RowCollector.inFile(name, width, Path.of(System.getProperty(
                "java.io.tmpdir"))) : RowCollector.inMemory(name, width)) {
            for (int first = 0; first < matrix.rows(); first += most) {
                int n = Math.min(most, matrix.rows() - first);
                matrix.read(first, n, read);
                for (int i = 0; i < n * places.length; i++) {
                    int place = places[i % places.length];
                    if (place >= 0) {
                        rows[i / places.length * width + place] = finite(read[i], first + i / places.length, columns
                                .get(
                                        place));
                    }
                }
                collector.add(rows, n);
                request.progress().at(first + n, matrix.rows());
            }
            return collector.images();
        }
    }

    private float finite(double value, int row, Table.Column column) {
        float number = (float) value;
        if (!Float.isFinite(number)) {
            throw new DataException(name + ": " + Quoted.of(column.name()) + " at row " + row + " (counted from 0) is "
                    + value + ", expected a finite float32 number");
        }
        return number;
    }
}
