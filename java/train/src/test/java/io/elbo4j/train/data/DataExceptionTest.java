package io.elbo4j.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class DataExceptionTest {
    @Test
    void aReasonIsNeverTheFileNameAlone() {
        assertEquals("permission denied", DataException.reason(new AccessDeniedException("a/b")));
        assertEquals("no such file or directory", DataException.reason(new NoSuchFileException("a/b")));
        assertEquals("No space left on device",
                DataException.reason(new FileSystemException("a/b", null, "No space left on device")));
        assertEquals("Is a directory", DataException.reason(new IOException("Is a directory")));
        assertEquals("IOException", DataException.reason(new IOException()));
    }
}
