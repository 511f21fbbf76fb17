package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
    @TempDir
    Path directory;

    @Test
    void theExampleTrains() throws Exception {
        Matcher example = Pattern.compile("```java\\R(import .*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("README.md")));
        assertTrue(example.find());
        Path source = Files.writeString(directory.resolve("Example.java"), example.group(1));
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int result = ToolProvider.getSystemJavaCompiler().run(null, said, said, "-d", directory.toString(), "-cp",
                System.getProperty("java.class.path"), source.toString());
        assertEquals(0, result, said.toString());

        PrintStream before = System.out;
        try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            System.setOut(new PrintStream(said, true));
            loader.loadClass("Example").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        List<Double> elbo = said.toString().lines().map(Double::valueOf).toList();
        assertEquals(50, elbo.size());
        assertTrue(elbo.get(49) > elbo.get(0) + 300, elbo.toString());
    }
}
