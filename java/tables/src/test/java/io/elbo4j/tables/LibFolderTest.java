package io.elbo4j.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged command line without this module, and with it in the folder lib; not where it is not packaged. */
class LibFolderTest {
    @TempDir
    private Path dir;

    private record Result(int code, String said) {}

    private Result run(Path jar, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(),
                "-jar", jar.toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), said);
    }

    /** Jars of what this module needs, and one of its classes. */
    private void makeLib(Path lib) throws IOException {
        Files.createDirectory(lib);
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (path.toString().matches(".*(duckdb_jdbc|jhdf)[^/\\\\]*\\.jar")) {
                Files.copy(path, lib.resolve(path.getFileName()));
            } else if (Files.exists(path.resolve("io/elbo4j/tables/TableKind.class"))) {
                try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(lib.resolve("tables.jar")));
                        Stream<Path> files = Files.walk(path)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        jar.putNextEntry(new JarEntry(path.relativize(file).toString().replace('\\', '/')));
                        Files.copy(file, jar);
                    }
                }
            }
        }
    }

    @Test
    void itsJarsAreFoundThere() throws Exception {
        Path built = Path.of(System.getProperty("elbo4j.jar"));
        assumeTrue(Files.exists(built), () -> built + " is not packaged");
        Path jar = Files.copy(built, dir.resolve("elbo4j.jar"));
        Path csv = Files.writeString(dir.resolve("a.csv"), "x,y\n1,2\n3,4\n5,6\n");
        String[] train = {"train", "--data", "table=" + csv, "--likelihood", "gaussian", "--hidden", "4", "--latent",
                "2",
                "--steps", "1", "--backend", "java", "--out", "run"};
        Result without = run(jar, train);
        assertEquals(2, without.code(), without.said());
        assertTrue(without.said().contains("table= needs the module elbo4j-tables: 'mvn -q -DskipTests -Ptables package"
                + " -pl java/tables -am' builds it, and the folder java/tables/target/lib is then copied beside"
                + " elbo4j.jar"), without.said());
        makeLib(dir.resolve("lib"));
        Result with = run(jar, train);
        assertEquals(0, with.code(), with.said());
        assertTrue(Files.exists(dir.resolve("run").resolve("checkpoint.safetensors")));
    }
}
