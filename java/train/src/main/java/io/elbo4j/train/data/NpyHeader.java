package io.elbo4j.train.data;

import java.util.ArrayList;
import java.util.List;

/**
 * The header of a NumPy .npy file: a Python dictionary literal with exactly the keys descr,
 * fortran_order and shape (numpy.lib.format). Parsed strictly: quotes, True and False, a tuple of
 * decimal integers; nothing else of Python.
 */
record NpyHeader(String descr, boolean fortranOrder, long[] shape) {

    static NpyHeader parse(String file, String text) {
        return new Parser(file, text).header();
    }

    /** Recursive descent over the grammar of the one dictionary. */
    private static final class Parser {
        private final String file;
        private final String text;
        private int at;

        Parser(String file, String text) {
            this.file = file;
            this.text = text;
        }

        NpyHeader header() {
            String descr = null;
            Boolean fortranOrder = null;
            long[] shape = null;
            expect('{');
            while (!accept('}')) {
                String key = string();
                expect(':');
                if (key.equals("descr") && descr == null) {
                    descr = string();
                } else if (key.equals("fortran_order") && fortranOrder == null) {
                    fortranOrder = bool();
                } else if (key.equals("shape") && shape == null) {
                    shape = tuple();
                } else {
                    throw wrong("the keys descr, fortran_order and shape once each, not another '" + key + "'");
                }
                if (!accept(',')) {
                    expect('}');
                    break;
                }
            }
            skipSpace();
            if (at != text.length()) {
                throw wrong("nothing after the closing brace");
            }
            if (descr == null || fortranOrder == null || shape == null) {
                throw wrong("all of the keys descr, fortran_order and shape");
            }
            return new NpyHeader(descr, fortranOrder, shape);
        }

        private String string() {
            skipSpace();
            char quote = at < text.length() ? text.charAt(at) : 0;
            int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
            if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
                throw wrong("a quoted word");
            }
            String word = text.substring(at + 1, end);
            at = end + 1;
            return word;
        }

        private boolean bool() {
            skipSpace();
            for (String word : List.of("True", "False")) {
                if (text.startsWith(word, at)) {
                    at += word.length();
                    return word.equals("True");
                }
            }
            throw wrong("True or False");
        }

        private long[] tuple() {
            List<Long> sizes = new ArrayList<>();
            expect('(');
            while (!accept(')')) {
                sizes.add(size());
                if (!accept(',')) {
                    expect(')');
                    break;
                }
            }
            return sizes.stream().mapToLong(Long::longValue).toArray();
        }

        private long size() {
            skipSpace();
            int start = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            // 18 digits always fit a long.
            if (at == start || at - start > 18) {
                at = start;
                throw wrong("a size of 1 to 18 digits");
            }
            return Long.parseLong(text, start, at, 10);
        }

        private boolean accept(char c) {
            skipSpace();
            if (at < text.length() && text.charAt(at) == c) {
                at++;
                return true;
            }
            return false;
        }

        private void expect(char c) {
            if (!accept(c)) {
                throw wrong("'" + c + "'");
            }
        }

        private void skipSpace() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
                at++;
            }
        }

        private DataException wrong(String expected) {
            return new DataException(String.format("%s: the .npy header is malformed at character %d, expected %s",
                    file, at, expected));
        }
    }
}
