package io.elbo4j.train.run;

import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A folder held by one user at a time: a lock of the system's on its file {@value #NAME}, in which the number of the
 * process stands. The lock ends with its process, however that ends: a file that nobody has locked means nothing.
 */
final class FolderLock implements AutoCloseable {
    /** Somebody else has the folder; the message is who. */
    static final class InUseException extends IOException {
        private static final long serialVersionUID = 1;

        private InUseException(String holder) {
            super(holder);
        }
    }

    static final String NAME = ".elbo4j.lock";
    /** Digits of a process, and the end of the line. */
    private static final int MOST_BYTES = 21;
    /** Files of this name are taken away while others open them; in some folders they are never there. */
    private static final int MOST_ATTEMPTS = 1000;
    /** Far behind the number: where a lock keeps others from reading, that can be read all the same. */
    private static final long LOCKED = Long.MAX_VALUE - 1;

    /** Real paths of the folders that this process holds. */
    private static final Set<Path> HELD = new HashSet<>();
    /** On POSIX a process that closes one channel of a file loses the locks that it has through others. */
    private static final List<FileChannel> NEVER_CLOSED = new CopyOnWriteArrayList<>();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @throws InUseException if somebody has it
     * @throws IOException if there is no such folder, it cannot be written to, its file system has no locks, or a file
     *     of the name {@value #NAME} is there that no lock has left
     */
    static FolderLock take(Path directory) throws IOException {
        Path folder = directory.toRealPath();
        synchronized (HELD) {
            if (HELD.contains(folder)) {
                throw new InUseException(thisProcess());
            }
            FolderLock lock = null;
            for (int attempt = 1; lock == null; attempt++) {
                lock = tryToTake(folder, attempt < MOST_ATTEMPTS);
            }
            HELD.add(folder);
            return lock;
        }
    }

    /** Null if the file is no longer the one that was locked: who gives the lock back removes it. */
    private static @Nullable FolderLock tryToTake(Path folder, boolean again) throws IOException {
        Path file = folder.resolve(NAME);
        boolean created = create(file);
        FileChannel channel = null;
        try {
            Object before = identity(file);
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
            if (lock(channel) == null) {
                throw new InUseException(holder(file));
            }
            if (before.equals(identity(file))) {
                requireOurs(channel);
                String number = ProcessHandle.current().pid() + "\n";
                AtomicFile.put(channel.truncate(0), ByteBuffer.wrap(number.getBytes(StandardCharsets.US_ASCII)));
                return new FolderLock(folder, channel);
            }
            channel.close();
            return null;
        } catch (OverlappingFileLockException e) {
            // another copy of this class has it, of another class loader
            NEVER_CLOSED.add(channel);
            throw new InUseException(thisProcess());
        } catch (IOException e) {
            if (channel != null) {
                channel.close();
            }
            if (again && e instanceof NoSuchFileException && Files.isDirectory(folder)) {
                return null;
            }
            if (created && !(e instanceof InUseException)) {
                Files.deleteIfExists(file);
            }
            throw e;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCKED, 1, false);
        } catch (IOException e) {
            throw new IOException("the file system gives no lock (" + DataException.reason(e)
                    + "): choose a folder on another file system", e);
        }
    }

    /** Read through the channel that has the lock: on POSIX another one would lose it. */
    private static void requireOurs(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES + 1);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // a channel may give a part only
        }
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
        if (!text.matches("[0-9]{0,20}\n?")) {
            throw new IOException("the file " + NAME + " in it is not of elbo4j, expected none or one that a run has"
                    + " left: move it away, or choose another folder");
        }
    }

    /** False if it is there: in use, or left by a process that was killed. */
    private static boolean create(Path file) throws IOException {
        try {
            Files.createFile(file);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private static Object identity(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        // where files have none, one that is open cannot be replaced
        return Objects.requireNonNullElse(key, file);
    }

    private static String thisProcess() {
        return "process " + ProcessHandle.current().pid();
    }

    private static String holder(Path file) {
        try {
            String number = Files.readString(file, StandardCharsets.US_ASCII).strip();
            return number.matches("[0-9]{1,20}") ? "process " + number : "another process";
        } catch (IOException e) {
            return "another process";
        }
    }

    /** Gives the lock back; its file goes with it. */
    @Override
    public void close() {
        synchronized (HELD) {
            try (channel) {
                Files.deleteIfExists(folder.resolve(NAME));
            } catch (IOException e) {
                // it stays, and nobody has locked it
            }
            HELD.remove(folder);
        }
    }
}
