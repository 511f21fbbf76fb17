package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.names;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicFileTest {
    @TempDir
    Path dir;

    private static AtomicFile.Body text(String text) {
        return channel -> channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void replacesTheFile() throws IOException {
        Path file = dir.resolve("a");
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
    void anAbandonedWriteLeavesNothingButTheOldFile() throws IOException {
        Path file = dir.resolve("a");
        AtomicFile.write(file, text("old"));
        AtomicFile.abandon();
        assertThrows(IOException.class, () -> AtomicFile.write(file, channel -> {
            text("half").writeTo(channel);
            assertEquals(2, names(dir).size());
            AtomicFile.abandon();
            assertEquals(List.of("a"), names(dir));
        }));
        assertEquals("old", Files.readString(file));
        AtomicFile.write(file, text("new"));
        assertEquals("new", Files.readString(file));
    }

    @Test
    void aChannelThatTakesAByteAtATimeGetsAll() throws IOException {
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        WritableByteChannel slow = new WritableByteChannel() {
            @Override
            public int write(ByteBuffer bytes) {
                taken.write(bytes.get());
                return 1;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        AtomicFile.put(slow, ByteBuffer.wrap("whole".getBytes(StandardCharsets.UTF_8)));
        assertEquals("whole", taken.toString(StandardCharsets.UTF_8));
    }

    @Test
    void whatTheOldGroupMayDoIsNotForAnother() {
        assertEquals("rw----r--", PosixFilePermissions.toString(FilePermissions.withoutGroup(
                PosixFilePermissions.fromString("rw-rwxr--"))));
        assertEquals(Set.of(), FilePermissions.withoutGroup(Set.of()));
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path file = Files.writeString(dir.resolve("a"), "old");
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("a"));
        AtomicFile.write(link, text("new"));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(file));
    }

    /** Every name under which a link could be planted is one that was to be guessed. */
    @Test
    void noLinkBesideTheFileIsFollowed() throws IOException {
        Path precious = Files.writeString(dir.resolve("precious"), "precious");
        Files.createSymbolicLink(dir.resolve(".a.part"), precious);
        Set<String> used = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            AtomicFile.write(dir.resolve("a"), channel -> {
                text("new").writeTo(channel);
                names(dir).stream().filter(name -> name.startsWith(".elbo4j-")).forEach(used::add);
            });
        }
        assertEquals("precious", Files.readString(precious));
        assertEquals("new", Files.readString(dir.resolve("a")));
        assertEquals(3, used.size(), used::toString);
        assertEquals(List.of(".a.part", "a", "precious"), names(dir));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-rw-rw-", "r--r-----"})
    void permissionsOfAReplacedFileStay(String permissions) throws IOException {
        assumeTrue(dir.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Path file = Files.writeString(dir.resolve("a"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        AtomicFile.write(file, channel -> {
            text("new").writeTo(channel);
            for (String name : names(dir)) {
                assertEquals(permissions, PosixFilePermissions.toString(Files.getPosixFilePermissions(
                        dir.resolve(name))), "of " + name + " while it is written");
            }
        });
        assertEquals("new", Files.readString(file));
        assertEquals(permissions, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void aNewFileHasThePermissionsOfEveryNewFile() throws IOException {
        assumeTrue(dir.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Path other = Files.createFile(dir.resolve("other"));
        AtomicFile.write(dir.resolve("a"), text("new"));
        assertEquals(Files.getPosixFilePermissions(other), Files.getPosixFilePermissions(dir.resolve("a")));
    }

    @Test
    void aNameOfTheGreatestLengthIsWritten() throws IOException {
        Path file = dir.resolve("a".repeat(255));
        AtomicFile.write(file, text("new"));
        assertEquals("new", Files.readString(file));
    }

    @Test
    void whatAKilledProcessLeftIsSweptAndNothingElse() throws IOException {
        Path precious = Files.writeString(dir.resolve("precious"), "precious");
        for (String name : List.of(".elbo4j-0123456789abcdef.part", ".other.part", "elbo4j-1.part", ".elbo4j-x")) {
            Files.writeString(dir.resolve(name), "x");
        }
        Files.createSymbolicLink(dir.resolve(".elbo4j-link.part"), precious);
        AtomicFile.sweep(dir);
        assertEquals(List.of(".elbo4j-x", ".other.part", "elbo4j-1.part", "precious"), names(dir));
        assertEquals("precious", Files.readString(precious));
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
