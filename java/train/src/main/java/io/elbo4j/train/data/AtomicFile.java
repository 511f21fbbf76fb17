package io.elbo4j.train.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Replaces a file as a whole: after a crash, a full disk or kill -9 the path holds either the old
 * content or the new one, never a mixture.
 */
public final class AtomicFile {
    private static final String PREFIX = ".elbo4j-";
    private static final String SUFFIX = ".part";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    /** The temporary files of writes that go on. */
    private static final Set<Path> PARTS = ConcurrentHashMap.newKeySet();

    private AtomicFile() {}

    /** Writes the new content. */
    @FunctionalInterface
    public interface Body {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Runs {@code body} on a temporary file beside {@code target}, forces it to the disk and renames
     * it over {@code target}, whose permissions it keeps.
     *
     * <p>The temporary file is a new one, {@code .elbo4j-RANDOM.part}: what lies there under any name is
     * neither followed nor written to. A process that is killed leaves it behind, see {@link #abandon} and
     * {@link #sweep}.
     *
     * @throws IOException with one sentence for people; the old file is untouched and the temporary
     *     file removed. Exceptions of {@code body} that are no IOException pass through as they are
     */
    public static void write(Path target, Body body) throws IOException {
        Path file =
                Files.isSymbolicLink(target) && Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        Path directory = file.getParent();
        if (directory == null || Files.isDirectory(file)) {
            throw new IOException("cannot write " + target + ": it is a directory, expected a file name");
        }
        if (!Files.isDirectory(directory)) {
            String problem = Files.exists(directory) ? "is not a directory" : "does not exist";
            throw new IOException("cannot write " + target + ": the directory " + directory + " " + problem);
        }
        Path part = directory.resolve(PREFIX + HexFormat.of().toHexDigits(RANDOM.nextLong()) + SUFFIX);
        boolean partial = false;
        PARTS.add(part);
        try {
            FilePermissions permissions = FilePermissions.of(file);
            try (FileChannel channel = FileChannel.open(part, NEW, permissions.whileWritten())) {
                partial = true;
                permissions.applyTo(part);
                body.writeTo(channel);
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            partial = false;
        } catch (IOException e) {
            throw new IOException("cannot write " + target + ": " + reason(e, directory), e);
        } finally {
            if (partial) {
                Files.deleteIfExists(part);
            }
            PARTS.remove(part);
        }
        forceDirectory(directory);
    }

    /**
     * Writes all bytes that remain: a channel may take a part of them only, and does so where the disk is full.
     *
     * @throws IOException if they cannot be written
     */
    public static void put(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * Removes the temporary files of all writes of this process that go on, which then fail; what they were to replace
     * stays. For a shutdown hook. Not while another hook lets such a write go on to its end: nobody but the program
     * knows that, so there is no hook here. A process that ends without hooks, as by kill -9, leaves the files behind.
     */
    public static void abandon() {
        for (Path part : PARTS) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException e) {
                // the process is ending: it can do no more
            }
        }
    }

    /**
     * Removes what killed processes have left of files that they were writing in {@code directory}. Only for who knows
     * that nobody is writing there.
     *
     * @throws IOException if the directory cannot be listed, or a file not be removed
     */
    public static void sweep(Path directory) throws IOException {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(directory, PREFIX + "*" + SUFFIX)) {
            for (Path part : parts) {
                Files.deleteIfExists(part);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Without this the rename itself may be lost with the power, though never half done. */
    private static void forceDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows and some network file systems cannot open a directory: the rename stands.
        }
    }

    private static String reason(IOException e, Path directory) {
        return e instanceof AccessDeniedException ? "no permission to write in the directory " + directory
                : DataException.reason(e);
    }
}
