package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.names;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path dir;

    private static AtomicFile.Body text(String text) {
        return channel -> channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void replacesTheFile() throws IOException {
        Path file = dir.resolve("a");
        Files.writeString(dir.resolve(".a.part"), "what a killed run left, longer than the new content");
        AtomicFile.write(file, text("one"));
        AtomicFile.write(file, text("two"));
        assertEquals("two", Files.readString(file));
        assertEquals(List.of("a"), names(dir));
    }

    @Test
    void aFailureHalfWayKeepsTheOldFile() throws IOException {
        Path file = dir.resolve("a");
        AtomicFile.write(file, text("old"));
        IOException e = assertThrows(IOException.class, () -> AtomicFile.write(file, channel -> {
            text("half").writeTo(channel);
            throw new IOException("No space left on device");
        }));
        assertEquals("cannot write " + file + ": No space left on device", e.getMessage());
        assertThrows(IllegalStateException.class, () -> AtomicFile.write(file, channel -> {
            throw new IllegalStateException();
        }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("a"), names(dir));
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path file = Files.writeString(dir.resolve("a"), "old");
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("a"));
        AtomicFile.write(link, text("new"));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(file));
    }

    @Test
    void impossiblePlaces() throws IOException {
        fails(dir, "it is a directory, expected a file name");
        fails(dir.resolve("no/a"), "the directory " + dir.resolve("no") + " does not exist");
        Path plain = Files.writeString(dir.resolve("plain"), "x");
        fails(plain.resolve("a"), "the directory " + plain + " is not a directory");
        assertEquals(List.of("plain"), names(dir));
    }

    @Test
    void aDirectoryWithoutPermission() throws IOException {
        Path locked = Files.createDirectory(dir.resolve("locked"));
        assertTrue(locked.toFile().setWritable(false));
        try {
            assumeFalse(Files.isWritable(locked), "skipped: this user may write everywhere");
            fails(locked.resolve("a"), "no permission to write in the directory " + locked);
        } finally {
            assertTrue(locked.toFile().setWritable(true));
        }
    }

    private static void fails(Path target, String reason) {
        IOException e = assertThrows(IOException.class, () -> AtomicFile.write(target, text("x")));
        assertEquals("cannot write " + target + ": " + reason, e.getMessage());
    }
}
