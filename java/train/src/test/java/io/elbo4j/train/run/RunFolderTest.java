package io.elbo4j.train.run;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static io.elbo4j.train.data.Sentences.names;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    private static final String SELF = "process " + ProcessHandle.current().pid();

    @TempDir
    Path dir;

    @Test
    void aFolderIsOnesOwnUntilItIsClosed() throws IOException {
        Path run = dir.resolve("new/run");
        String inUse = run + " is in use by " + SELF + ": wait for its end, or choose another folder";
        try (RunFolder folder = RunFolder.create(run)) {
            assertEquals(ProcessHandle.current().pid() + "\n", Files.readString(run.resolve(FolderLock.NAME)));
            assertSentence(inUse, () -> RunFolder.create(run));
            Files.writeString(folder.plan(), "{}");
            assertSentence(inUse, () -> RunFolder.create(run));
            assertSentence(inUse, () -> RunFolder.open(run));
            Path link = Files.createSymbolicLink(dir.resolve("link"), run);
            assertSentence(inUse.replace(run.toString(), link.toString()), () -> RunFolder.open(link));
            folder.keep();
        }
        assertEquals(List.of("run.json"), names(run));
        RunFolder.open(run).close();
        assertEquals(List.of("run.json"), names(run));
    }

    /** A process has many ways to lose a lock of POSIX; none may be taken by asking. */
    @Test
    void theLockOutlivesThoseWhoAskForIt() throws Exception {
        Path run = Files.createDirectory(dir.resolve("run"));
        try (RunFolder folder = RunFolder.create(run)) {
            for (int i = 0; i < 3; i++) {
                assertThrows(DataException.class, () -> RunFolder.create(folder.directory()));
            }
            Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp", System.getProperty("java.class.path"), Asking.class.getName(), run.toString())
                    .redirectErrorStream(true).start();
            assertEquals(run + " is in use by " + SELF + ": wait for its end, or choose another folder\n",
                    new String(other.getInputStream().readAllBytes()));
        }
    }

    /** Another process. */
    static final class Asking {
        private Asking() {}

        public static void main(String[] args) {
            try (RunFolder folder = RunFolder.create(Path.of(args[0]))) {
                System.out.print("has " + folder.directory());
            } catch (DataException e) {
                System.out.print(e.getMessage() + "\n");
            }
        }
    }

    @Test
    void theLockOfADeadProcessIsNone() throws IOException {
        Path run = Files.createDirectory(dir.resolve("run"));
        Files.writeString(run.resolve(FolderLock.NAME), "1\n");
        Files.writeString(run.resolve("checkpoint.safetensors"), "x");
        Files.writeString(run.resolve(".elbo4j-0123456789abcdef.part"), "half of something");
        RunFolder.open(run).close();
        assertEquals(List.of("checkpoint.safetensors"), names(run));
    }

    @Test
    void aFileOfSomebodyElseInPlaceOfTheLockStays() throws IOException {
        Path run = Files.createDirectory(dir.resolve("run"));
        for (String text : List.of("precious", "1\n2\n", "1".repeat(30), " ")) {
            Path file = Files.writeString(run.resolve(FolderLock.NAME), text);
            assertSentence("cannot lock the folder " + run + ": the file .elbo4j.lock in it is not of elbo4j, expected"
                    + " none or one that a run has left: move it away, or choose another folder",
                    () -> RunFolder.create(run));
            assertEquals(text, Files.readString(file));
        }
        Files.writeString(run.resolve(FolderLock.NAME), "");
        Files.writeString(run.resolve(".lock"), "of another program");
        RunFolder.create(run).close();
        assertEquals(List.of(".lock"), names(run));
    }

    /** There a file that is made is not there: as if others took the folder away, for ever. */
    @Test
    void aFolderOfTheKernelIsRefused() {
        Path proc = Path.of("/proc");
        assumeTrue(Files.isDirectory(proc.resolve("self")));
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            assertSentence("cannot write to the folder /proc", () -> RunFolder.create(proc));
            String next = assertThrows(DataException.class, () -> RunFolder.createNext(proc, "npy")).getMessage();
            assertTrue(next.startsWith("cannot make the folder /proc/npy-1"), next);
        });
    }

    @Test
    void aLinkInPlaceOfTheLockIsNotFollowed() throws IOException {
        Path run = Files.createDirectory(dir.resolve("run"));
        Path precious = Files.writeString(dir.resolve("precious"), "precious");
        Files.createSymbolicLink(run.resolve(FolderLock.NAME), precious);
        String message = assertThrows(DataException.class, () -> RunFolder.create(run)).getMessage();
        assertTrue(message.startsWith("cannot lock the folder " + run + ": "), message);
        assertEquals("precious", Files.readString(precious));
    }

    @Test
    void manyWhoAskAtOnceHaveAFolderEach() throws Exception {
        int count = 20;
        Files.createDirectories(dir.resolve("runs/npy-2"));
        ExecutorService threads = Executors.newFixedThreadPool(count);
        List<RunFolder> folders = new ArrayList<>();
        try {
            Callable<RunFolder> ask = () -> RunFolder.createNext(dir.resolve("runs"), "npy");
            List<Future<RunFolder>> asked = IntStream.range(0, count).mapToObj(i -> threads.submit(ask)).toList();
            for (Future<RunFolder> one : asked) {
                folders.add(one.get());
            }
        } finally {
            threads.shutdown();
        }
        Set<String> names = folders.stream().map(f -> f.directory().getFileName().toString())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> expected = IntStream.rangeClosed(1, count + 1).filter(i -> i != 2).mapToObj(i -> "npy-" + i)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(expected, names);
        folders.forEach(RunFolder::close);
        assertEquals(List.of("npy-2"), names(dir.resolve("runs")));
    }

    /** Half of them give up at once, as runs do that fail: nobody may be handed what another takes away. */
    @Test
    void foldersThatAreTakenAwayAreNotHandedOut() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        Path run = dir.resolve("runs/run");
        try {
            Callable<Integer> ask = () -> {
                int had = 0;
                for (int i = 0; i < 100; i++) {
                    try (RunFolder folder = RunFolder.create(run)) {
                        Files.writeString(folder.plan(), Thread.currentThread().getName());
                        assertEquals(Thread.currentThread().getName(), Files.readString(folder.plan()));
                        had++;
                    } catch (DataException e) {
                        assertTrue(e.getMessage().contains(" is in use by " + SELF)
                                || e.getMessage().contains("already holds a run"), e.getMessage());
                    }
                }
                return had;
            };
            List<Future<Integer>> asked = IntStream.range(0, 8).mapToObj(i -> threads.submit(ask)).toList();
            for (Future<Integer> one : asked) {
                assertTrue(one.get() >= 0);
            }
        } finally {
            threads.shutdown();
        }
        // a folder stays that its maker could not take away, because it was another's by then
        try (Stream<Path> left = Files.walk(dir)) {
            assertEquals(List.of(), left.filter(file -> !Files.isDirectory(file)).toList());
        }
    }

    @Test
    void aNextFolderThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "precious");
        assertSentence("cannot make the folder " + file + ": " + file + " is a file",
                () -> RunFolder.createNext(file, "npy"));
        String name = "x".repeat(260);
        String message = assertThrows(DataException.class, () -> RunFolder.createNext(dir, name)).getMessage();
        assertTrue(message.startsWith("cannot make the folder " + dir.resolve(name + "-1") + ": "), message);
        assertEquals(List.of("file"), names(dir));
    }

    @Test
    void whereThereIsNoRunNothingCanGoOn() throws IOException {
        Path none = dir.resolve("none");
        assertSentence(none + " holds no run to go on with: no such file or directory", () -> RunFolder.open(none));
        Path empty = Files.createDirectory(dir.resolve("empty"));
        assertSentence(empty + " holds no run to go on with: neither run.json nor checkpoint.safetensors is there",
                () -> RunFolder.open(empty));
        assertFalse(Files.exists(none));
        assertEquals(List.of(), names(empty));
    }

    @Test
    void aRunThatIsRefusedIsLeftAsItIs() throws IOException {
        Path run = Files.createDirectory(dir.resolve("run"));
        Files.writeString(run.resolve("checkpoint.safetensors"), "x");
        for (boolean killed : new boolean[] {false, true}) {
            if (killed) {
                Files.writeString(run.resolve(FolderLock.NAME), "1\n");
            }
            assertSentence(run + " already holds a run (checkpoint.safetensors): resume it, or choose another folder",
                    () -> RunFolder.create(run));
            assertEquals(List.of("checkpoint.safetensors"), names(run));
        }
    }
}
