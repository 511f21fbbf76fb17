package io.elbo4j.train.data;

import io.elbo4j.Quoted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Reads the literals of Python that headers of .npy files are written in, by recursive descent: dictionaries with
 * strings as keys (a Map), tuples and lists (a List), strings, whole numbers (a Long), True and False.
 *
 * <p>Also in the spelling of Python 2, 3L and u'descr', and in that of NumPy 2 for sizes that were no plain integers:
 * np.int64(3), np.True_.
 */
final class PythonLiteral {
    /** A header needs four; this many do not fill a stack. */
    private static final int DEEPEST = 16;
    private static final String QUOTES = "'\"";

    private final String text;
    private final BiFunction<Integer, String, DataException> malformed;
    private int at;

    private PythonLiteral(String text, BiFunction<Integer, String, DataException> malformed) {
        this.text = text;
        this.malformed = malformed;
    }

    /** @param malformed makes an exception of the index of a character and what was expected there */
    static Object read(String text, BiFunction<Integer, String, DataException> malformed) {
        PythonLiteral literal = new PythonLiteral(text, malformed);
        Object value = literal.value(0);
        if (literal.next() != 0) {
            throw literal.expected("nothing after the closing brace");
        }
        return value;
    }

    private Object value(int depth) {
        if (depth > DEEPEST) {
            throw expected("values in at most " + DEEPEST + " brackets");
        }
        char c = next();
        if (c == '{') {
            return dictionary(depth);
        }
        if (c == '(' || c == '[') {
            return sequence(c == '(' ? ')' : ']', depth);
        }
        if (digit(c)) {
            return whole();
        }
        boolean prefix = "uUbB".indexOf(c) >= 0 && at + 1 < text.length() && QUOTES.indexOf(text.charAt(at + 1)) >= 0;
        if (prefix || QUOTES.indexOf(c) >= 0) {
            at += prefix ? 1 : 0;
            return string();
        }
        return word(depth);
    }

    private Map<String, Object> dictionary(int depth) {
        Map<String, Object> values = new LinkedHashMap<>();
        at++;
        while (!accept('}')) {
            int start = at;
            if (!(value(depth + 1) instanceof String key)) {
                at = start;
                throw expected("a quoted key");
            }
            require(':');
            Object value = value(depth + 1);
            if (values.put(key, value) != null) {
                throw expected("no second " + Quoted.of(key));
            }
            if (!accept(',')) {
                require('}');
                break;
            }
        }
        return values;
    }

    /** One value in parentheses without a comma is that value, as in Python. */
    private Object sequence(char end, int depth) {
        List<Object> values = new ArrayList<>();
        at++;
        while (!accept(end)) {
            values.add(value(depth + 1));
            if (!accept(',')) {
                require(end);
                return end == ')' && values.size() == 1 ? values.get(0) : values;
            }
        }
        return values;
    }

    private Long whole() {
        int start = at;
        while (at < text.length() && digit(text.charAt(at))) {
            at++;
        }
        // 18 digits always fit a long.
        if (at - start > 18) {
            at = start;
            throw expected("a whole number of at most 18 digits");
        }
        long value = Long.parseLong(text, start, at, 10);
        if (at < text.length() && text.charAt(at) == 'L') {
            at++;
        }
        return value;
    }

    private String string() {
        int end = text.indexOf(text.charAt(at), at + 1);
        if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
            throw expected("a quoted word");
        }
        String word = text.substring(at + 1, end);
        at = end + 1;
        return word;
    }

    private Object word(int depth) {
        int start = at;
        while (at < text.length() && (Character.isJavaIdentifierPart(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        String word = text.substring(start, at);
        if (word.startsWith("np.int") || word.startsWith("np.uint")) {
            require('(');
            Object value = value(depth + 1);
            require(')');
            return value;
        }
        return switch (word) {
            case "True", "np.True_" -> true;
            case "False", "np.False_" -> false;
            default -> {
                at = start;
                throw expected("a value of Python");
            }
        };
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The next character that is no white space, 0 at the end. */
    private char next() {
        while (at < text.length() && " \t\r\n\f".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean accept(char c) {
        if (next() != c) {
            return false;
        }
        at++;
        return true;
    }

    private void require(char c) {
        if (!accept(c)) {
            throw expected("'" + c + "'");
        }
    }

    private DataException expected(String what) {
        return malformed.apply(at, what);
    }
}
