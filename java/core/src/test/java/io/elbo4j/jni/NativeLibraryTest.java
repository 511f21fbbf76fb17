package io.elbo4j.jni;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.cpu.CpuLibrary;
import io.elbo4j.cpu.jni.ElboCpu;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which library processes get: from two jars whose libraries differ in one letter of a message. */
class NativeLibraryTest {
    static final String FIRST = "Could not get JNIEnv for JNI_VERSION_1_6 inside JNI_OnLoad().";
    static final String SECOND = "CoulD not get JNIEnv for JNI_VERSION_1_6 inside JNI_OnLoad().";
    private static final String RESOURCE = "io/elbo4j/cpu/jni/" + Loader.getPlatform() + "/"
            + System.mapLibraryName("jniElboCpu");

    @TempDir
    Path folder;

    private Path cache;
    private Path work;
    private byte[] first;
    private byte[] second;

    @BeforeEach
    void makeVersions() throws IOException {
        assumeTrue(CpuLibrary.problem().isEmpty(), () -> "skipped: " + CpuLibrary.problem().orElse(""));
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "skipped: this system does not say what it has mapped");
        cache = folder.resolve("cache");
        work = Files.createDirectories(folder.resolve("work"));
        Files.createDirectories(folder.resolve("temporary"));
        try (var in = ElboCpu.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            first = in.readAllBytes();
        }
        String text = new String(first, StandardCharsets.ISO_8859_1);
        assertTrue(text.contains(FIRST));
        second = text.replace(FIRST, SECOND).getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(first.length, second.length);
    }

    /** Of the same name, as releases of a jar with everything in it are, and with the same times. */
    private Path jar(String name, byte[] library, String digest) throws IOException {
        Path jar = Files.createDirectories(folder.resolve(name)).resolve("elbo4j.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            entry(out, RESOURCE, library);
            if (digest != null) {
                entry(out, RESOURCE + ".sha256", digest.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return jar;
    }

    private static void entry(JarOutputStream out, String name, byte[] content) throws IOException {
        JarEntry entry = new JarEntry(name);
        entry.setTime(1_700_000_000_000L);
        out.putNextEntry(entry);
        out.write(content);
    }

    private Process start(Path jar, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "-Xmx64m", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + folder.resolve("temporary"),
                "-cp", jar + File.pathSeparator + System.getProperty("java.class.path")));
        command.addAll(List.of(more));
        return new ProcessBuilder(command).directory(work.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String said(Process process) throws Exception {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said.strip();
    }

    private String loaded(Path jar) throws Exception {
        return said(start(jar, "-Dorg.bytedeco.javacpp.cachedir=" + cache, LoadedLibrary.class.getName()));
    }

    private static void says(String beginning, String said) {
        assertTrue(said.startsWith(beginning), said);
    }

    private List<Path> libraries() throws IOException {
        try (Stream<Path> files = Files.walk(cache)) {
            return files.filter(Files::isRegularFile).filter(file -> file.toString().contains("libjniElboCpu"))
                    .toList();
        }
    }

    private static void isEmpty(Path folder) {
        assertArrayEquals(new String[0], folder.toFile().list());
    }

    /** Also where the digest that the build has written down is wrong, and the same. */
    @Test
    void eachVersionLoadsItsOwnLibrary() throws Exception {
        String digest = "0".repeat(64);
        Path older = jar("older", first, digest);
        Path newer = jar("newer", second, digest);
        says("first from " + cache, loaded(older));
        says("second from " + cache, loaded(newer));
        says("first from " + cache, loaded(older));
    }

    @Test
    void whatLiesInTheCacheIsNotTrusted() throws Exception {
        Path jar = jar("jar", first, null);
        says("first", loaded(jar));
        byte[] half = Arrays.copyOf(first, first.length / 2);
        for (byte[] planted : new byte[][] {second, half}) {
            assertEquals(1, libraries().size());
            for (Path file : libraries()) {
                FileTime time = Files.getLastModifiedTime(file);
                Files.setLastModifiedTime(Files.write(file, planted), time);
            }
            says("first from " + cache, loaded(jar));
            assertArrayEquals(first, Files.readAllBytes(libraries().get(0)));
        }
    }

    @Test
    void processesThatUnpackAtOnceAllLoadIt() throws Exception {
        Path jar = jar("jar", second, null);
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(start(jar, "-Dorg.bytedeco.javacpp.cachedir=" + cache, LoadedLibrary.class.getName()));
        }
        for (Process process : processes) {
            says("second from " + cache, said(process));
        }
        assertEquals(1, libraries().size(), () -> "no parts are left: " + cache);
        assertArrayEquals(second, Files.readAllBytes(libraries().get(0)));
    }

    @Test
    void aFolderThatOthersCanChangeIsNotUsed() throws Exception {
        Files.createDirectories(cache);
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        says("second from " + folder.resolve("temporary") + "/elbo4j-", loaded(jar("jar", second, null)));
        assertEquals(List.of(), libraries());
        isEmpty(folder.resolve("temporary"));
    }

    /** As of a user without an entry in passwd. */
    @Test
    void withoutAHomeNothingIsLeftBehind() throws Exception {
        says("first from " + folder.resolve("temporary"), said(start(jar("jar", first, null), "-Duser.home=?",
                LoadedLibrary.class.getName())));
        isEmpty(work);
        isEmpty(folder.resolve("temporary"));
    }

    @Test
    void withoutAFolderAtAllNothingIsLeftBehind() throws Exception {
        Path missing = folder.resolve("missing");
        Files.createFile(cache);
        says("first from " + folder.resolve("temporary"), said(start(jar("jar", first, null), "-Duser.home=" + missing,
                "-Dorg.bytedeco.javacpp.cachedir=" + cache, LoadedLibrary.class.getName())));
        isEmpty(work);
        isEmpty(folder.resolve("temporary"));
        assertTrue(Files.notExists(missing));
    }

    /** Somebody could have another folder there before the library is loaded. */
    @Test
    void aTemporaryFolderInWhichOthersRenameIsNotUsed() throws Exception {
        Path temporary = folder.resolve("temporary");
        Files.createFile(cache);
        Files.setAttribute(temporary, "unix:mode", 0777);
        String said = loaded(jar("jar", first, null));
        assertTrue(said.contains("other users can write to " + temporary), said);
        isEmpty(temporary);
        Files.setAttribute(temporary, "unix:mode", 01777);
        says("first from " + temporary, loaded(jar("jar", first, null)));
        isEmpty(temporary);
    }

    /** As on Windows, which keeps the files of loaded libraries: this one has a full folder in its file's place. */
    @Test
    void aLibraryWhoseFileStaysIsLoaded() throws Exception {
        Path source = Files.writeString(folder.resolve("stays.c"), """
                #define _GNU_SOURCE
                #include <dlfcn.h>
                #include <stdio.h>
                #include <string.h>
                #include <sys/stat.h>
                int JNI_OnLoad(void* vm, void* reserved) {
                  Dl_info own;
                  char path[4096];
                  dladdr(JNI_OnLoad, &own);
                  strcpy(path, own.dli_fname);
                  remove(path);
                  mkdir(path, 0700);
                  mkdir(strcat(path, "/full"), 0700);
                  return 0x00010006;
                }
                """);
        Path library = folder.resolve("stays.so");
        try {
            assertEquals(0, new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(),
                    "-ldl").inheritIO().start().waitFor(), "cc failed");
        } catch (IOException noCompiler) {
            assumeTrue(false, "skipped: needs a C compiler, cc (" + noCompiler.getMessage() + ")");
        }
        Files.createFile(cache);
        Path jar = jar("jar", Files.readAllBytes(library), null);
        assertEquals("loaded", said(start(jar, "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                LoadedLibrary.class.getName(), "from", "jar:" + jar.toUri() + "!/" + RESOURCE)));
        isEmpty(folder.resolve("temporary"));
    }

    @Test
    void aFolderNamedTildeIsRefused() throws Exception {
        String said = said(start(jar("jar", first, null), "-Dorg.bytedeco.javacpp.cachedir=~/cache",
                LoadedLibrary.class.getName()));
        assertTrue(said.contains("org.bytedeco.javacpp.cachedir must be a folder, not ~/cache"), said);
        isEmpty(work);
    }

    /** A JVM loads one file for one class loader only. */
    @Test
    void twoClassLoadersLoadIt() throws Exception {
        assertEquals("loaded loaded", said(start(jar("jar", first, null), "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                LoadedLibrary.class.getName(), "twice")));
        assertEquals(1, libraries().size());
        isEmpty(folder.resolve("temporary"));
    }
}
