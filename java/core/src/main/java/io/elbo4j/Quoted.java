package io.elbo4j;

/**
 * Foreign text (options, names and contents of files) in sentences for people: whatever it holds, a sentence stays one
 * short line, and nothing in it can steer a terminal.
 */
public final class Quoted {
    private static final int MOST = 100;

    private Quoted() {}

    /** In single quotes, escaped as by {@link #line}; of more than 100 characters the first, and how many there are. */
    public static String of(Object given) {
        String text = String.valueOf(given);
        if (text.length() <= MOST) {
            return "'" + line(text) + "'";
        }
        int end = Character.isHighSurrogate(text.charAt(MOST - 1)) ? MOST - 1 : MOST;
        return "'" + line(text.substring(0, end)) + "...' (" + text.length() + " characters)";
    }

    /**
     * On one line: control characters, line and paragraph separators and marks that turn the direction of writing as
     * \xNN or &#92;uNNNN, all else as it is.
     */
    public static String line(Object given) {
        String text = String.valueOf(given);
        StringBuilder line = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (plain(text, i)) {
                if (line != null) {
                    line.append(c);
                }
                continue;
            }
            if (line == null) {
                line = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            line.append(String.format(c < 256 ? "\\x%02X" : "\\u%04X", (int) c));
        }
        return line == null ? text : line.toString();
    }

    private static boolean plain(String text, int i) {
        char c = text.charAt(i);
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            // one half alone is no character: no encoding can print it
            case Character.SURROGATE -> Character.isHighSurrogate(c)
                    ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                    : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
            default -> true;
        };
    }
}
