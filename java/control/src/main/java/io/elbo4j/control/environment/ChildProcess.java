package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Another process, its standard input and output. One that is late, or says what it should not, is ended. */
final class ChildProcess implements AutoCloseable {
    /** What each answer begins with: what else is printed shifts the numbers, and is noticed here. */
    private static final byte[] MARKER = "elbo".getBytes(StandardCharsets.US_ASCII);

    private static final String EXPECTED = ", expected \"elbo\", which every answer begins with";
    private static final int MOST_SHOWN = 40;

    private final String command;
    private final Duration limit;
    private final Process process;
    private final DataInputStream in;
    private final OutputStream out;

    ChildProcess(Duration limit, String... command) {
        requireGiven("limit", limit);
        require(limit.compareTo(Duration.ZERO) > 0, "limit", "more than 0", limit);
        requireGiven("command", command);
        require(command.length >= 1, "command", "a program and its arguments", "empty");
        for (int i = 0; i < command.length; i++) {
            requireGiven("command[" + i + "]", command[i]);
        }
        this.command = String.join(" ", command);
        this.limit = limit;
        try {
            this.process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new EnvironmentException(this.command + ": cannot be started: " + e.getMessage(), e);
        }
        this.in = new DataInputStream(new BufferedInputStream(process.getInputStream()));
        this.out = process.getOutputStream();
    }

    /** What is said and heard here takes no longer than the limit. Whatever fails ends the process. */
    <T> T within(Supplier<T> exchange) {
        CompletableFuture<Boolean> inTime = new CompletableFuture<>();
        inTime.orTimeout(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS).whenComplete((is, late) -> {
            if (late != null) {
                end(); // nothing else wakes who reads or writes
            }
        });
        try {
            T answer = exchange.get();
            if (inTime.complete(true)) {
                return answer;
            }
        } catch (RuntimeException | Error e) {
            if (inTime.complete(true)) {
                end();
                throw e;
            }
        }
        throw new EnvironmentException(command + ": has not answered within the limit of " + limit.toMillis() / 1000.0
                + " s, and was ended");
    }

    private void end() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly); // they may hold its output open
    }

    void write(ByteBuffer message) {
        try {
            out.write(message.array());
            out.flush();
        } catch (IOException e) {
            throw new EnvironmentException(command + ": does not read any more" + status(), e);
        }
    }

    ByteBuffer read(int bytes) {
        try {
            byte[] read = new byte[bytes];
            in.readFully(read);
            return ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
        } catch (EOFException e) {
            throw new EnvironmentException(command + ": has ended" + status(), e);
        } catch (IOException e) {
            throw new EnvironmentException(command + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads the beginning of an answer. */
    void readMarker() {
        byte[] read = read(MARKER.length).array();
        if (!Arrays.equals(read, MARKER)) {
            throw wrong("says " + shown(read));
        }
    }

    /** Text as text, with as much of what follows as is there; else bytes. */
    private String shown(byte[] read) {
        StringBuilder text = new StringBuilder(new String(read, StandardCharsets.ISO_8859_1));
        try {
            while (text.length() < MOST_SHOWN && in.available() > 0) {
                text.append((char) in.read());
            }
        } catch (IOException e) {
            // what has been read is shown
        }
        int length = 0;
        while (length < text.length() && isText(text.charAt(length))) {
            length++;
        }
        if (length < read.length) {
            return "the bytes " + HexFormat.ofDelimiter(" ").formatHex(read) + EXPECTED;
        }
        return "\"" + text.substring(0, length).replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t") + "\""
                + EXPECTED + ": a child must not print to its standard output";
    }

    private static boolean isText(char c) {
        return c >= ' ' && c < 127 || c == '\n' || c == '\r' || c == '\t';
    }

    /** What to throw when it says something else than it should. */
    EnvironmentException wrong(String message) {
        return new EnvironmentException(command + ": " + message);
    }

    private String status() {
        return hasEnded(1) ? ", status " + process.exitValue() : "";
    }

    private boolean hasEnded(int seconds) {
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends it: it is given two seconds to do so itself, and one more when it is asked to. */
    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            // it does not read any more
        }
        if (!hasEnded(2)) {
            process.destroy();
            if (!hasEnded(1)) {
                end();
            }
        }
    }
}
