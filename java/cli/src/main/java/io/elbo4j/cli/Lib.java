package io.elbo4j.cli;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The folder {@code lib} beside elbo4j.jar: services of the jars in it are found as those on the class path are. */
final class Lib {
    private Lib() {}

    /** For this thread, and those that it starts. */
    static void open() {
        List<URL> jars = jars();
        if (!jars.isEmpty()) {
            Thread thread = Thread.currentThread();
            // as long as the process: nobody closes it
            thread.setContextClassLoader(new URLClassLoader(jars.toArray(URL[]::new), thread.getContextClassLoader()));
        }
    }

    private static List<URL> jars() {
        try {
            Path own = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            Path lib = own.resolveSibling("lib");
            if (!Files.isRegularFile(own) || !Files.isDirectory(lib)) {
                return List.of();
            }
            List<URL> jars = new ArrayList<>();
            try (Stream<Path> files = Files.list(lib)) {
                for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
                    jars.add(jar.toUri().toURL());
                }
            }
            return jars;
        } catch (URISyntaxException | MalformedURLException e) {
            return List.of();
        } catch (IOException e) {
            throw Failure.because("the folder lib beside elbo4j.jar cannot be read: " + e.getMessage(), e);
        }
    }
}
