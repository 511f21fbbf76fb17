package io.elbo4j.jni;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/**
 * The folder of unpacked libraries. Between the moment when a file is compared and the moment when the system maps it
 * nobody else may put another in its place: the folder is this user's alone, and so is the way to it.
 */
final class NativeCache {
    /** JavaCPP's, and ours: a folder for both. */
    private static final String PROPERTY = "org.bytedeco.javacpp.cachedir";
    private static final String GIVEN = given();
    private static final int LINK = 0120000;
    private static final int TYPE = 0170000;
    private static final int STICKY = 01000;
    private static final int OTHERS_WRITE = 0022;
    private static final int OTHERS = 0077;

    private static Path ofThisProcess;

    private NativeCache() {}

    private static String given() {
        return System.getProperty(PROPERTY, System.getProperty("org.bytedeco.javacpp.cacheDir", ""));
    }

    /** {@code elbo4j} in the folder that the property names, or in {@code .cache} of the user's home. */
    static Path folder() throws IOException {
        if (!GIVEN.isEmpty()) {
            return folder(Path.of(GIVEN));
        }
        return folder(home().orElseThrow(() -> new IOException("this user has no home")).resolve(".cache"));
    }

    /** @throws IOException if there cannot be such a folder, or others than this user and root might write into it */
    static Path folder(Path parent) throws IOException {
        Path folder = parent.toAbsolutePath().resolve("elbo4j");
        try {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------")));
            requireOwn(folder);
            Path real = folder.toRealPath();
            requireOwn(real);
            Map<String, Object> found = attributes(real);
            if (!found.get("uid").equals(user()) || ((int) found.get("mode") & OTHERS) != 0) {
                throw new IOException(real + " must belong to this user, with mode 700");
            }
            return real;
        } catch (UnsupportedOperationException e) {
            throw new IOException("this system does not say whose " + folder + " is", e);
        }
    }

    /** Neither the file nor anything on the way to it, links too, can be replaced by others than this user and root. */
    private static void requireOwn(Path file) throws IOException {
        for (Path path = file; path != null; path = path.getParent()) {
            Map<String, Object> found = attributes(path);
            if (!found.get("uid").equals(user()) && !found.get("uid").equals(0)) {
                throw new IOException(path + " belongs to another user");
            }
            requireNotOpen(path, found);
        }
    }

    private static void requireNotOpen(Path path, Map<String, Object> found) throws IOException {
        int mode = (int) found.get("mode");
        // in a sticky folder, as /tmp, each renames what is theirs
        if ((mode & TYPE) != LINK && (mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
            throw new IOException("other users can write to " + path);
        }
    }

    private static Map<String, Object> attributes(Path path) throws IOException {
        return Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
    }

    private static Object user() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    /**
     * A file of that content, whatever was there before. Processes may do so at once: it appears whole, and is replaced
     * by its like alone.
     */
    static Path place(Path file, byte[] content) throws IOException {
        if (!holds(file, content)) {
            Path part = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".part");
            try {
                Files.write(part, content);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
            if (!holds(file, content)) {
                throw new IOException(file + " is not what was written");
            }
        }
        requireOwn(file);
        return file;
    }

    private static boolean holds(Path file, byte[] content) {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile() && found.size() == content.length
                    && Arrays.equals(Files.readAllBytes(file), content);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * A new folder, this user's alone; gone with the process.
     *
     * @throws IOException if there can be none, or other users could put another in its place
     */
    static synchronized Path ofThisProcess() throws IOException {
        if (ofThisProcess == null) {
            requireWayTo(Path.of(System.getProperty("java.io.tmpdir")));
            ofThisProcess = Files.createTempDirectory("elbo4j-");
            File folder = ofThisProcess.toFile();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    Loader.deleteDirectory(folder);
                } catch (IOException e) {
                    // nobody is left to be told
                }
            }));
        }
        return ofThisProcess;
    }

    /** Whoever owns the folders on the way: in a container root may seem to be somebody else. */
    private static void requireWayTo(Path folder) throws IOException {
        try {
            for (Path way : new Path[] {folder.toAbsolutePath(), folder.toRealPath()}) {
                for (Path path = way; path != null; path = path.getParent()) {
                    requireNotOpen(path, attributes(path));
                }
            }
        } catch (UnsupportedOperationException noModes) {
            // Windows: each user has a temporary folder
        }
    }

    /**
     * JavaCPP asks for its own cache when the first of its pointers is used. Where it can have neither the one that is
     * named nor one in the user's home, that would be a folder named ? in the working directory, or one in the
     * temporary folder that any user may have made.
     */
    static void keepJavaCppPrivate() throws IOException {
        String given = given();
        if (given.startsWith("~")) {
            throw new IllegalArgumentException(PROPERTY + " must be a folder, not " + given
                    + ": the shell has left ~ as it is");
        }
        boolean usable = !given.isEmpty() && canBeMade(Path.of(given).toAbsolutePath());
        if (!usable && home().filter(home -> canBeMade(home.resolve(".javacpp/cache"))).isEmpty()) {
            System.setProperty(PROPERTY, ofThisProcess().toString());
        }
    }

    private static boolean canBeMade(Path folder) {
        Path path = folder;
        while (!Files.exists(path)) {
            path = path.getParent();
        }
        return Files.isDirectory(path) && Files.isWritable(path);
    }

    /** Empty where there is none: of users without an entry in passwd Java says that it is named ?. */
    private static Optional<Path> home() {
        Path home = Path.of(System.getProperty("user.home", ""));
        return home.isAbsolute() && Files.isDirectory(home) ? Optional.of(home) : Optional.empty();
    }
}
