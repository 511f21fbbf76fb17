package io.elbo4j.jni;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose folders are taken, and what becomes of files that are not what they should be. */
class NativeCacheTest {
    private static final byte[] CONTENT = {1, 2, 3, 4, 5, 6, 7, 8};

    @TempDir
    Path home;

    @BeforeEach
    void needsUsers() {
        assumeTrue(Files.exists(Path.of("/proc/self")), "skipped: this system does not say who its user is");
    }

    private static Path mode(String permissions, Path path) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static void refused(String why, Path parent) {
        String said = assertThrows(IOException.class, () -> NativeCache.folder(parent)).getMessage();
        assertTrue(said.contains(why), said);
    }

    @Test
    void foldersAreMadeForThisUserAlone() throws IOException {
        Path folder = NativeCache.folder(home.resolve("a/b"));
        assertEquals(home.toRealPath().resolve("a/b/elbo4j"), folder);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        assertEquals(folder, NativeCache.folder(home.resolve("a/b")), "the second time");
    }

    @Test
    void foldersThatOthersUseAreRefused() throws IOException {
        Path folder = NativeCache.folder(home.resolve("cache"));
        for (String open : new String[] {"rwxrwx---", "rwx----w-"}) {
            mode(open, folder);
            refused("other users can write to " + folder, home.resolve("cache"));
        }
        mode("rwxr-x---", folder);
        refused(folder + " must belong to this user, with mode 700", home.resolve("cache"));
        mode("rwx------", folder);
        NativeCache.folder(home.resolve("cache"));
    }

    @Test
    void foldersBelowWhatOthersCanChangeAreRefused() throws IOException {
        Path open = home.resolve("open");
        mode("rwx------", Files.createDirectories(open.resolve("own/cache")));
        mode("rwx------", open.resolve("own"));
        mode("rwxrwxrwx", open);
        refused("other users can write to " + open, open.resolve("own/cache"));
        Files.setAttribute(open, "unix:mode", 01777);
        NativeCache.folder(open.resolve("own/cache"));
    }

    @Test
    void linksAreFollowedToFoldersOfThisUserAlone() throws IOException {
        Path open = mode("rwxrwxrwx", Files.createDirectories(home.resolve("open")));
        Files.createSymbolicLink(home.resolve("link"), Files.createDirectories(open.resolve("cache")));
        refused("other users can write to " + open, home.resolve("link"));

        Files.createSymbolicLink(Files.createDirectories(home.resolve("cache")).resolve("elbo4j"), open);
        refused("other users can write to " + open, home.resolve("cache"));

        Path own = mode("rwx------", Files.createDirectories(home.resolve("own")));
        Files.createSymbolicLink(Files.createDirectories(home.resolve("moved")).resolve("elbo4j"), own);
        assertEquals(own.toRealPath(), NativeCache.folder(home.resolve("moved")));

        Files.createSymbolicLink(open.resolve("planted"), Files.createDirectories(home.resolve("mine")));
        refused("other users can write to " + open, open.resolve("planted"));
    }

    @Test
    void whatBelongsToAnotherUserIsRefused() throws IOException {
        Path folder = NativeCache.folder(home.resolve("cache"));
        assumeTrue(Files.getAttribute(folder, "unix:uid").equals(0), "skipped: only root can give folders away");
        Files.setAttribute(folder, "unix:uid", 12345);
        refused(folder + " belongs to another user", home.resolve("cache"));
        Files.setAttribute(folder, "unix:uid", 0);

        Files.createSymbolicLink(home.resolve("link"), home.resolve("cache"));
        Files.setAttribute(home.resolve("link"), "unix:uid", 12345, LinkOption.NOFOLLOW_LINKS);
        refused(home.resolve("link") + " belongs to another user", home.resolve("link"));

        Path file = Files.write(folder.resolve("lib.so"), CONTENT);
        Files.setAttribute(file, "unix:uid", 12345);
        String said = assertThrows(IOException.class, () -> NativeCache.place(file, CONTENT)).getMessage();
        assertEquals(file + " belongs to another user", said);
    }

    @Test
    void onlyFilesOfTheVeryBytesStay() throws IOException {
        Path file = NativeCache.folder(home.resolve("cache")).resolve("lib.so");
        FileTime time = FileTime.fromMillis(1_700_000_000_000L);
        byte[] flipped = CONTENT.clone();
        flipped[5] ^= 16;
        for (byte[] found : new byte[][] {null, flipped, {}, {1, 2, 3, 4, 5, 6, 7}, {1, 2, 3, 4, 5, 6, 7, 8, 9}}) {
            if (found != null) {
                Files.setLastModifiedTime(Files.write(file, found), time);
            }
            assertEquals(file, NativeCache.place(file, CONTENT));
            assertArrayEquals(CONTENT, Files.readAllBytes(file));
        }
        Object inode = Files.getAttribute(file, "unix:ino");
        NativeCache.place(file, CONTENT);
        assertEquals(inode, Files.getAttribute(file, "unix:ino"), "what is right stays");
        assertEquals(1, file.getParent().toFile().list().length, "nothing is left beside it");
    }

    @Test
    void linksInPlaceOfFilesAreReplacedAndNotFollowed() throws IOException {
        Path folder = NativeCache.folder(home.resolve("cache"));
        Path target = Files.write(home.resolve("target"), CONTENT);
        Path other = Files.write(home.resolve("other"), new byte[] {9});
        for (Path planted : new Path[] {target, other, home.resolve("missing")}) {
            Path file = folder.resolve("lib.so");
            Files.deleteIfExists(file);
            Files.createSymbolicLink(file, planted);
            NativeCache.place(file, CONTENT);
            assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS), planted.toString());
            assertArrayEquals(CONTENT, Files.readAllBytes(file));
        }
        assertArrayEquals(new byte[] {9}, Files.readAllBytes(other));
        assertTrue(Files.notExists(home.resolve("missing")));
    }
}
