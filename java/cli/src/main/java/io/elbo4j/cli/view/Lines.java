package io.elbo4j.cli.view;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole lines of a file of JSON lines that grows. Of a large file some come first, evenly apart, and the last one:
 * as many as a curve can show.
 */
final class Lines {
    private static final int MOST_BYTES = 1 << 17;
    private static final int SHOWN = 250;

    private static final Gson STRICT = new GsonBuilder().setStrictness(Strictness.STRICT).create();

    private final Path file;
    private long read;

    Lines(Path file) {
        this.file = file;
    }

    /** Whether the file is another one than before, or was cut: then all of it comes again. */
    boolean beginsAnew() throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            return in.length() < read || read > 0 && !endsLine(in);
        }
    }

    private boolean endsLine(RandomAccessFile in) throws IOException {
        in.seek(read - 1);
        return in.read() == '\n';
    }

    void restart() {
        read = 0;
    }

    /** Those that have come since the last call; what is no JSON is left out. */
    List<String> take() throws IOException {
        List<String> taken = new ArrayList<>();
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long length = in.length();
            if (read == 0 && length > MOST_BYTES) {
                long end = endOfLine(in, length);
                long last = end == 0 ? 0 : endOfLine(in, end - 1);
                for (int i = 0; i < SHOWN; i++) {
                    long from = last / SHOWN * i;
                    if (from >= read && from < last) {
                        read = addOne(in, from, taken);
                    }
                }
                if (last >= read) {
                    addAll(in, last, end, taken);
                }
                read = end;
            } else {
                read = addAll(in, read, length, taken);
            }
        }
        return taken;
    }

    /** The first line that begins at a place or after it; returns its end. */
    private static long addOne(RandomAccessFile in, long from, List<String> to) throws IOException {
        // one read, mostly: it takes longer than what else is done with a line
        for (int size = 1 << 11;; size *= 2) {
            byte[] piece = new byte[size];
            in.seek(Math.max(0, from - 1));
            int count = in.read(piece);
            int begin = from == 0 ? 0 : afterLine(piece, 0, count);
            int end = begin < 0 ? -1 : afterLine(piece, begin, count);
            if (end >= 0) {
                add(piece, begin, end, to);
                return Math.max(0, from - 1) + end;
            }
            if (count < size) {
                return in.length();
            }
        }
    }

    /** After the next end of a line; -1 if there is none. */
    private static int afterLine(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private static void add(byte[] bytes, int begin, int end, List<String> lines) {
        String line = new String(bytes, begin, end - 1 - begin, StandardCharsets.UTF_8);
        if (isObject(line)) {
            lines.add(line);
        }
    }

    /** The end of the last line that ends at a place or before it; 0 if none does. */
    private static long endOfLine(RandomAccessFile in, long place) throws IOException {
        byte[] piece = new byte[1 << 12];
        for (long to = place; to > 0;) {
            int count = (int) Math.min(piece.length, to);
            in.seek(to - count);
            in.readFully(piece, 0, count);
            for (int i = count; i > 0; i--) {
                if (piece[i - 1] == '\n') {
                    return to - count + i;
                }
            }
            to -= count;
        }
        return 0;
    }

    /** The whole lines of a part of the file; returns the end of the last one. */
    private static long addAll(RandomAccessFile in, long from, long to, List<String> lines) throws IOException {
        byte[] bytes = new byte[(int) Math.min(to - from, Integer.MAX_VALUE - 8)];
        in.seek(from);
        in.readFully(bytes);
        int begin = 0;
        for (int end = afterLine(bytes, 0, bytes.length); end >= 0; end = afterLine(bytes, begin, bytes.length)) {
            add(bytes, begin, end, lines);
            begin = end;
        }
        return from + begin;
    }

    /** As a browser reads it, which knows no NaN and no single quotes. */
    private static boolean isObject(String line) {
        try {
            return line.indexOf('\r') < 0 && STRICT.fromJson(line, JsonElement.class) instanceof JsonObject;
        } catch (JsonParseException e) {
            return false;
        }
    }
}
