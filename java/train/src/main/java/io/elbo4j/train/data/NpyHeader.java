package io.elbo4j.train.data;

import io.elbo4j.Quoted;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The header of a NumPy .npy file: a Python dictionary literal with exactly the keys descr, fortran_order and shape
 * (numpy.lib.format), in any order.
 */
record NpyHeader(NpyElement element, boolean fortranOrder, long[] shape) {
    private static final Set<String> KEYS = Set.of("descr", "fortran_order", "shape");
    private static final int MOST_FIELDS = 5;

    static NpyHeader parse(String file, String text) {
        Object literal = PythonLiteral.read(text, (at, expected) -> new DataException(String.format(
                "%s: the .npy header is malformed at character %d, expected %s", file, at, expected)));
        if (!(literal instanceof Map<?, ?> header)) {
            throw new DataException(file + ": the .npy header is not a dictionary, expected one with the keys descr,"
                    + " fortran_order and shape");
        }
        if (!header.keySet().equals(KEYS)) {
            throw new DataException(file + ": the .npy header has the keys " + Quoted.of(header.keySet())
                    + ", expected descr, fortran_order and shape");
        }
        if (!(header.get("fortran_order") instanceof Boolean fortranOrder)) {
            throw wrong(file, "fortran_order", header, "True or False");
        }
        if (!(header.get("shape") instanceof List<?> sizes) || !sizes.stream().allMatch(Long.class::isInstance)) {
            throw wrong(file, "shape", header, "a tuple of whole numbers");
        }
        long[] shape = sizes.stream().mapToLong(Long.class::cast).toArray();
        if (header.get("descr") instanceof String descr) {
            return new NpyHeader(NpyElement.of(file, descr), fortranOrder, shape);
        }
        if (header.get("descr") instanceof List<?> fields && fields.stream().allMatch(List.class::isInstance)) {
            throw structured(file, fields);
        }
        throw wrong(file, "descr", header, "a quoted word such as '<f4'");
    }

    private static DataException wrong(String file, String key, Map<?, ?> header, String expected) {
        return new DataException(file + ": the .npy header gives " + key + " as " + Quoted.of(header.get(key))
                + ", expected " + expected);
    }

    /** Each field is a list of its name (or title and name), its type and perhaps its shape. */
    private static DataException structured(String file, List<?> fields) {
        String names = fields.stream().limit(MOST_FIELDS)
                .map(field -> ((List<?>) field).isEmpty() ? "''" : Quoted.of(((List<?>) field).get(0)))
                .collect(Collectors.joining(", "));
        return new DataException(file + ": has elements with the fields " + names
                + (fields.size() > MOST_FIELDS ? " and " + (fields.size() - MOST_FIELDS) + " more" : "")
                + " (a structured dtype), expected plain numbers: save one field alone, numpy.save(FILE, x['FIELD'])");
    }
}
