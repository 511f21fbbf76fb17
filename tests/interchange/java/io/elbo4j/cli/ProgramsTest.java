package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are run as source with the runnable jar, which nothing else compiles. */
class ProgramsTest {
    @TempDir
    Path directory;

    @Test
    void benchmarksCompile() throws IOException {
        List<String> words = new ArrayList<>(List.of("-d", directory.toString(), "-proc:none", "-cp", System
                .getProperty("java.class.path")));
        try (Stream<Path> files = Files.list(Path.of("tests/benchmarks"))) {
            for (Path program : (Iterable<Path>) files.filter(each -> each.toString().endsWith(".java"))::iterator) {
                // ND4J is no dependency here
                if (!Files.readString(program).contains("import org.nd4j.")) {
                    words.add(program.toString());
                }
            }
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int result = ToolProvider.getSystemJavaCompiler().run(null, said, said, words.toArray(String[]::new));
        assertEquals(0, result, said.toString(StandardCharsets.UTF_8));
    }
}
