package io.elbo4j.tables;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Keys;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/** A data frame of an AnnData file, obs or var, whose columns are text or numbers. */
record Observations(String name, Group group) {
    /** The names of its rows. */
    List<String> index() {
        String index = H5.text(group, "_index");
        return texts(index.isEmpty() ? "_index" : index);
    }

    Keys.Column key(String column) {
        List<String> values = texts(column);
        boolean whole = values.stream().allMatch(value -> value != null && value.matches("-?\\d{1,18}"));
        return new Keys.Column(column, whole ? "BIGINT" : "VARCHAR", values);
    }

    /** The index, as a key that has a name that it can have in a table. */
    Keys.Column indexKey() {
        String index = H5.text(group, "_index");
        return new Keys.Column(index.isEmpty() || index.startsWith("_") ? "index" : index, "VARCHAR", index());
    }

    /**
     * A column as text: null where a category is missing.
     *
     * @throws DataException if there is none, or it is of another kind
     */
    List<String> texts(String column) {
        Node node = group.getChildren().get(column);
        if (node == null) {
            throw new DataException(name + ": has no column " + Quoted.of(column) + "; it has " + String.join(", ",
                    group
                            .getChildren().keySet()));
        }
        if (node instanceof Dataset dataset) {
            return texts(dataset.getData());
        }
        Group inner = (Group) node;
        if (!inner.getChildren().containsKey("codes") || !inner.getChildren().containsKey("categories")) {
            throw new DataException(name + ": column " + Quoted.of(column) + " is of encoding '" + H5.text(inner,
                    "encoding-type") + "', expected text, numbers or categories");
        }
        List<String> categories = texts(H5.data(name, inner, "categories"));
        List<String> all = new ArrayList<>();
        for (int code : H5.whole(name + "/" + column, H5.data(name, inner, "codes"))) {
            all.add(code < 0 ? null : categories.get(code));
        }
        return all;
    }

    private static List<String> texts(Object array) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            texts.add(String.valueOf(Array.get(array, i)));
        }
        return texts;
    }
}
