package io.elbo4j.train.data;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces a file as a whole: after a crash, a full disk or kill -9 the path holds either the old
 * content or the new one, never a mixture.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** Writes the new content. */
    @FunctionalInterface
    public interface Body {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Runs {@code body} on a temporary file beside {@code target}, forces it to the disk and renames
     * it over {@code target}.
     *
     * <p>The temporary file is {@code .NAME.part}: always the same name, so that what a killed run
     * leaves behind is overwritten by the next one instead of piling up.
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
        Path part = directory.resolve("." + file.getFileName() + ".part");
        boolean partial = false;
        try {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                partial = true;
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
        }
        forceDirectory(directory);
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
