package io.elbo4j.tables;

import io.elbo4j.train.data.DataException;
import java.util.Map;
import java.util.Optional;
import org.duckdb.DuckDBReadableVector;

/** Numbers of a column, by its type: float32 that the file's value rounds to, or is. */
enum Numbers {
    FLOAT {
        @Override
        double at(DuckDBReadableVector v, int row) {
            return v.getFloat(row);
        }
    },
    DOUBLE {
        @Override
        double at(DuckDBReadableVector v, int row) {
            return v.getDouble(row);
        }
    },
    BOOLEAN {
        @Override
        double at(DuckDBReadableVector v, int row) {
            return v.getBoolean(row) ? 1 : 0;
        }
    },
    TINYINT {
        @Override
        double at(DuckDBReadableVector v, int row) {
            return v.getByte(row);
        }
    },
    UTINYINT {
        @Override
        double at(DuckDBReadableVector v, int row) {
            return v.getUint8(row);
        }
    },
    SMALLINT {
        @Override
        double at(DuckDBReadableVector v, int row) {
            return v.getShort(row);
        }
    },
    USMALLINT {
        @Override
        double at(DuckDBReadableVector v, int row) {
            return v.getUint16(row);
        }
    },
    INTEGER {
        @Override
        double at(DuckDBReadableVector v, int row) {
            return exact(v.getInt(row));
        }
    },
    UINTEGER {
        @Override
        double at(DuckDBReadableVector v, int row) {
            return exact(v.getUint32(row));
        }
    },
    BIGINT {
        @Override
        double at(DuckDBReadableVector v, int row) {
            return exact(v.getLong(row));
        }
    },
    /** Whole numbers that have no type of Java, as doubles. */
    WHOLE {
        @Override
        double at(DuckDBReadableVector v, int row) {
            double value = v.getDouble(row);
            return Math.abs(value) <= EXACT ? value : exact((long) value);
        }
    };

    private static final long EXACT = 1L << 24;
    private static final Map<String, Numbers> WIDE = Map.of("HUGEINT", WHOLE, "UHUGEINT", WHOLE, "UBIGINT", WHOLE);

    /** What reads a column of this type; nothing if it is not of numbers. */
    static Optional<Numbers> of(String type) {
        if (type.startsWith("DECIMAL")) {
            return Optional.of(DOUBLE);
        }
        if (WIDE.containsKey(type)) {
            return Optional.of(WHOLE);
        }
        for (Numbers numbers : values()) {
            if (numbers != WHOLE && numbers.name().equals(type)) {
                return Optional.of(numbers);
            }
        }
        return Optional.empty();
    }

    /** SQL of a column of this type, as it is read. */
    static String sql(String quoted, String type) {
        return type.startsWith("DECIMAL") || WIDE.containsKey(type) ? "CAST(" + quoted + " AS DOUBLE)" : quoted;
    }

    /**
     * The value of a row that is not NULL.
     *
     * @throws DataException the end of a sentence, if float32 does not hold it
     */
    abstract double at(DuckDBReadableVector v, int row);

    private static double exact(long value) {
        if (value > EXACT || value < -EXACT) {
            throw new DataException("is " + value + ", expected a whole number from -2^24 to 2^24, which float32 holds"
                    + " exactly: cast it in --query to DOUBLE if it may be rounded");
        }
        return value;
    }
}
