package io.elbo4j.tables;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataException;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;

/** The different texts of a column, in their order: whole numbers by their value, others by their characters. */
final class Classes {
    /** More than this are no categories. */
    static final int MOST = 1000;

    private Classes() {}

    /**
     * Those that there are.
     *
     * @param query of all rows
     * @throws DataException if there are none or too many
     */
    static List<String> of(DuckDb db, String name, String query, String column) {
        List<String> found = db.rows("SELECT DISTINCT CAST(" + DuckDb.quoted(column) + " AS VARCHAR) AS c FROM ("
                + query
                + ") WHERE c IS NOT NULL LIMIT " + (MOST + 1)).stream().map(row -> row.get(0)).toList();
        if (found.size() > MOST) {
            throw new DataException(name + ": column " + Quoted.of(column) + " has more than " + MOST + " different"
                    + " texts, expected categories: --key takes it as a key, and --query leaves it out");
        }
        return sorted(found);
    }

    static List<String> sorted(List<String> texts) {
        boolean whole = texts.stream().allMatch(text -> text.matches("-?\\d+"));
        Comparator<String> byCharacters = Comparator.naturalOrder();
        Comparator<String> byValue = Comparator.comparing(text -> new BigInteger(text));
        return texts.stream().distinct().sorted(whole ? byValue.thenComparing(byCharacters) : byCharacters).toList();
    }
}
