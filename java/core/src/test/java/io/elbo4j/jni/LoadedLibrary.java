package io.elbo4j.jni;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.cpu.CpuLibrary;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Uses the native library and prints what the system has mapped as such: a text that is in it, and where from. */
public final class LoadedLibrary {
    private LoadedLibrary() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 1) {
            NativeLibrary.load(new URL(args[1]));
            System.out.println("loaded");
            return;
        }
        if (args.length > 0) {
            System.out.println(inClassLoader() + " " + inClassLoader());
            return;
        }
        Optional<String> problem = CpuLibrary.problem();
        if (problem.isPresent()) {
            System.out.println(problem.get());
            return;
        }
        try (Backend cpu = Backends.openCpu(0, 1); Matrix m = cpu.matrix(1, 1)) {
            m.set(1);
        }
        System.out.println(mapped());
    }

    private static Object inClassLoader() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        Class<?> library = loader.loadClass(CpuLibrary.class.getName());
        return ((Optional<?>) library.getMethod("problem").invoke(null)).map(Object::toString).orElse("loaded");
    }

    private static String mapped() throws IOException {
        String texts = "";
        String file = "";
        try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                String[] words = line.split("\\s+", 6);
                if (!words[5].contains("libjniElboCpu") || !words[1].startsWith("r")) {
                    continue;
                }
                file = words[5];
                String[] range = words[0].split("-");
                long from = Long.parseUnsignedLong(range[0], 16);
                byte[] content = new byte[(int) (Long.parseUnsignedLong(range[1], 16) - from)];
                memory.seek(from);
                memory.readFully(content);
                texts += new String(content, StandardCharsets.ISO_8859_1);
            }
        }
        boolean first = texts.contains(NativeLibraryTest.FIRST);
        if (first == texts.contains(NativeLibraryTest.SECOND)) {
            return "neither, or both";
        }
        return (first ? "first" : "second") + " from " + file;
    }
}
