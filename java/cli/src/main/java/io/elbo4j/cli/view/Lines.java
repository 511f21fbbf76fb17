package io.elbo4j.cli.view;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
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
    private static final int TAIL = 1 << 16;

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
                long tail = Math.max(0, length - TAIL);
                for (int i = 0; i < SHOWN && read < tail; i++) {
                    long from = tail / SHOWN * i;
                    if (from >= read) {
                        read = addOne(in, from, taken);
                    }
                }
                List<String> last = new ArrayList<>();
                read = addAll(in, afterLine(in, tail), length, last);
                taken.addAll(last.isEmpty() ? last : last.subList(last.size() - 1, last.size()));
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

    /** Where the line ends that a place is in. */
    private static long afterLine(RandomAccessFile in, long place) throws IOException {
        byte[] piece = new byte[1024];
        in.seek(place);
        for (long at = place;;) {
            int count = in.read(piece);
            if (count <= 0) {
                return at;
            }
            for (int i = 0; i < count; i++) {
                if (piece[i] == '\n') {
                    return at + i + 1;
                }
            }
            at += count;
        }
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

    private static boolean isObject(String line) {
        try {
            return JsonParser.parseString(line).isJsonObject() && line.indexOf('\r') < 0;
        } catch (JsonParseException e) {
            return false;
        }
    }
}
