package io.elbo4j.train.run;

import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder of a run, which nobody else uses until this is closed or the process ends. A run that saves nothing takes
 * away what it has made, unless it is killed: then it can be resumed; one that diverges leaves the lines of its steps.
 */
public final class RunFolder implements AutoCloseable {
    private static final String CHECKPOINT = "checkpoint.safetensors";
    static final String PLAN = "run.json";
    private static final String STEPS = "steps.jsonl";
    /** Runs that fail take folders away while others make them. */
    private static final int MOST_ATTEMPTS = 1000;

    private final Path directory;
    private final FolderLock lock;
    /** Folders made for this run, the deepest first. */
    private final List<Path> made;
    private boolean keepsSteps;
    private boolean kept;
    private boolean closed;

    private RunFolder(Path directory, List<Path> made, boolean kept) throws IOException {
        this.directory = directory;
        this.made = made;
        this.kept = kept;
        this.keepsSteps = Files.exists(directory.resolve(STEPS), LinkOption.NOFOLLOW_LINKS);
        this.lock = FolderLock.take(directory);
        try {
            AtomicFile.sweep(directory);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * A folder for a new run, made if it is not there.
     *
     * @throws DataException if it holds a run, is in use, or cannot be made or written to
     */
    public static RunFolder create(Path directory) {
        if (!Files.exists(directory.resolve(FolderLock.NAME), LinkOption.NOFOLLOW_LINKS)) {
            refuseARun(directory);
        }
        List<Path> made = missing(directory);
        RunFolder folder = null;
        for (int attempt = 1; folder == null; attempt++) {
            makeAll(directory);
            try {
                folder = new RunFolder(directory, made, false);
            } catch (IOException e) {
                if (!mayHaveBeenTakenAway(e, attempt)) {
                    removeEmpty(made);
                    throw unusable(directory, e);
                }
            }
        }
        try {
            refuseARun(directory);
            return folder;
        } catch (DataException e) {
            folder.keep();
            folder.close();
            throw e;
        }
    }

    /**
     * A folder for a new run, the first of {@code NAME-1}, {@code NAME-2}, ... that is not there: however many
     * processes ask at once, each has one of its own.
     *
     * @throws DataException if none can be made or written to
     */
    public static RunFolder createNext(Path parent, String name) {
        int i = 1;
        for (int attempt = 1;; attempt++) {
            Path directory = parent.resolve(name + "-" + i);
            List<Path> made = missing(directory);
            makeAll(parent);
            boolean isMade = false;
            try {
                Files.createDirectory(directory);
                isMade = true;
                return new RunFolder(directory, made, false);
            } catch (FileAlreadyExistsException | FolderLock.InUseException e) {
                i++;
                attempt = 0;
            } catch (IOException e) {
                if (!mayHaveBeenTakenAway(e, attempt)) {
                    removeEmpty(made);
                    throw isMade ? unusable(directory, e) : unmakable(directory, e);
                }
            }
        }
    }

    /**
     * The folder of a run that is to go on.
     *
     * @throws DataException if it holds no run, is in use, or cannot be written to
     */
    public static RunFolder open(Path directory) {
        if (!holdsARun(directory)) {
            throw new DataException(directory + " holds no run to go on with: " + (Files.isDirectory(directory)
                    ? "neither " + PLAN + " nor " + CHECKPOINT + " is there" : "no such file or directory"));
        }
        try {
            return new RunFolder(directory, List.of(), true);
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** Where the run keeps its checkpoint. */
    public Path checkpoint() {
        return checkpoint(directory);
    }

    static Path checkpoint(Path directory) {
        return directory.resolve(CHECKPOINT);
    }

    /** Where it stands what the run is. */
    public Path plan() {
        return directory.resolve(PLAN);
    }

    public Path metrics() {
        return directory.resolve("metrics.jsonl");
    }

    Path steps() {
        return directory.resolve(STEPS);
    }

    /** Draws what is of an epoch, which the curve is not. */
    void pictures(long epoch, Map<String, Consumer<Path>> all) {
        Path epochs = directory.resolve("epochs");
        all.forEach((name, draw) -> {
            if (!name.equals(Pictures.CURVE)) {
                makeAll(epochs);
                draw.accept(epochs.resolve(name.replace(".png", "-" + epoch + ".png")));
            }
        });
    }

    /** Something has been saved: from now on the folder stays. */
    public void keep() {
        kept = true;
    }

    /** The lines of the steps so far stay, as of a run that diverges: they are what one wants to see. */
    void keepSteps() {
        keepsSteps = true;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!kept) {
            remove(plan());
            if (!keepsSteps) {
                remove(steps());
            }
        }
        lock.close();
        if (!kept) {
            removeEmpty(made);
        }
    }

    private static boolean holdsARun(Path directory) {
        return Files.exists(checkpoint(directory)) || Files.exists(directory.resolve(PLAN));
    }

    private static void refuseARun(Path directory) {
        if (holdsARun(directory)) {
            throw new DataException(directory + " already holds a run ("
                    + (Files.exists(checkpoint(directory)) ? CHECKPOINT : PLAN)
                    + "): resume it, or choose another folder");
        }
    }

    /** The folder and those above it that are not there, the deepest first. */
    private static List<Path> missing(Path directory) {
        return Stream.iterate(directory.toAbsolutePath(), p -> p != null && !Files.exists(p), Path::getParent).toList();
    }

    private static void makeAll(Path directory) {
        for (int attempt = 1;; attempt++) {
            try {
                Files.createDirectories(directory);
                return;
            } catch (IOException e) {
                if (!isTakenAway(e) || attempt == MOST_ATTEMPTS) {
                    throw unmakable(directory, e);
                }
            }
        }
    }

    /** By a run that failed. But in some folders, /proc for one, a file that is to be made is never there. */
    private static boolean mayHaveBeenTakenAway(IOException e, int attempt) {
        return e instanceof NoSuchFileException && attempt < MOST_ATTEMPTS;
    }

    private static DataException unmakable(Path directory, IOException e) {
        return new DataException("cannot make the folder " + directory + (e instanceof FileSystemException f ? reason(f)
                : ": " + DataException.reason(e)), e);
    }

    private static boolean isTakenAway(IOException e) {
        return e instanceof NoSuchFileException || e instanceof FileAlreadyExistsException f
                && (Files.notExists(Path.of(f.getFile()), LinkOption.NOFOLLOW_LINKS)
                        || Files.isDirectory(Path.of(f.getFile())));
    }

    private static String reason(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return ": no permission at " + e.getFile();
        }
        return e instanceof FileAlreadyExistsException ? ": " + e.getFile() + " is a file"
                : e.getReason() == null ? "" : ": " + e.getReason();
    }

    private static DataException unusable(Path directory, IOException e) {
        if (e instanceof FolderLock.InUseException) {
            return new DataException(directory + " is in use by " + e.getMessage()
                    + ": wait for its end, or choose another folder", e);
        }
        return new DataException(e instanceof AccessDeniedException || e instanceof NoSuchFileException
                ? "cannot write to the folder " + directory
                : "cannot lock the folder " + directory + ": " + DataException.reason(e), e);
    }

    private static void removeEmpty(List<Path> folders) {
        for (Path folder : folders) {
            if (!remove(folder)) {
                return;
            }
        }
    }

    private static boolean remove(Path path) {
        try {
            Files.deleteIfExists(path);
            return true;
        } catch (IOException e) {
            // somebody else has put something there, or forbids it: not worth hiding why the run failed
            return false;
        }
    }
}
