package io.elbo4j.train.data;

import io.elbo4j.Quoted;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * A file or data set that cannot be used. The message is one sentence for people: it names the
 * file, what was found there and what was expected, and is meant to be printed as it is: always one line, whatever the
 * file and its name hold.
 */
public class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(Quoted.line(message));
    }

    public DataException(String message, @Nullable Throwable cause) {
        super(Quoted.line(message), cause);
    }

    /** Why a file could not be read or written, in words: what the system says is often the file's name alone. */
    public static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof FileSystemException f && f.getReason() != null) {
            return f.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
