package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Models;
import java.util.Map;

/** The values of a model that a command can write. */
record Outputs(Map<String, Value> values, Checkpoint.Loaded of) {
    static final String Z = Model.Z;

    static Outputs of(Checkpoint.Loaded loaded) {
        return new Outputs(Models.create(loaded.checkpoint().model()).outputs(), loaded);
    }

    /** What stands for a row: the mean of q(z | x), or a draw of it where there is no mean. */
    String code() {
        String code = values.containsKey(Model.POSTERIOR_MEAN) ? Model.POSTERIOR_MEAN : Z;
        if (!values.containsKey(code)) {
            throw Failure.usage("--what must be given, one of " + String.join(", ", values.keySet()) + ": "
                    + Quoted.line(of.file()) + " is of a model without codes");
        }
        return code;
    }

    /** @throws Failure if the model has none of that name */
    int columns(String name) {
        return columns(name, Quoted.line(of.file()) + " is of a model without an output '" + name + "'" + (name.equals(
                Z)
                        ? ", the code of a whole row: " + Models.of(of.checkpoint().model()).name() + " has none"
                        : ""));
    }

    /** @throws Failure naming --what and the outputs that there are */
    int columnsAsked(String name) {
        return columns(name, "--what must be one of " + String.join(", ", values.keySet()) + ", not " + Quoted.of(name)
                + Suggestions.of(name, values.keySet()));
    }

    /** Steps that an output has a row for, or the data; 1 where it is of a whole row. */
    int steps(String name) {
        Graph graph = values.values().iterator().next().graph();
        boolean ofSteps = values.containsKey(name) ? Inputs.ofSteps(values.get(name)) : name.equals(Images.X);
        return ofSteps ? Math.toIntExact(Math.max(1, Inputs.columns(graph, Images.MASK))) : 1;
    }

    /** Of an array of an output: rows x columns, of what sequences have for each step rows x steps x columns. */
    int[] axes(String name, int rows) {
        Value value = values.get(name);
        int columns = Math.toIntExact(value.columnsOfRow());
        return Inputs.ofSteps(value) ? new int[] {rows, steps(name), columns / steps(name)} : new int[] {rows, columns};
    }

    /** As "20 rows of 18 values", or "of 9 x 2 values" where sequences have 2 for each of 9 steps. */
    String inWords(String name, int rows) {
        int[] axes = axes(name, rows);
        return rows + " rows of " + (axes.length > 2 ? axes[1] + " x " : "") + axes[axes.length - 1] + " values";
    }

    private int columns(String name, String sentence) {
        Value value = values.get(name);
        if (value == null) {
            throw Failure.usage(sentence);
        }
        return Math.toIntExact(value.columnsOfRow());
    }
}
