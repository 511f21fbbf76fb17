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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
    @TempDir
    Path directory;

    private static String block(String beginning) throws Exception {
        Matcher block = Pattern.compile("```java\\R(" + beginning + ".*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("README.md")));
        assertTrue(block.find());
        return block.group(1);
    }

    /** What the program in class Example prints, each line a number. */
    private List<Double> run(String program) throws Exception {
        Path source = Files.writeString(directory.resolve("Example.java"), program);
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
        return said.toString().lines().map(Double::valueOf).toList();
    }

    @Test
    void theTenLinesTrain() throws Exception {
        String imports = Stream.of("", "train.", "train.data.", "train.graph.", "train.model.")
                .map(name -> "import io.elbo4j." + name + "*;\n").collect(Collectors.joining());
        List<Double> elbo = run(imports + "public class Example {\n    public static void main(String[] args) {\n"
                + block("Images images") + "    }\n}\n");
        double untrained = -1024 * Math.log(2);
        assertTrue(elbo.size() == 1 && elbo.get(0) > untrained + 300, elbo.toString());
    }

    @Test
    void theGraphTrains() throws Exception {
        List<Double> elbo = run(block("import "));
        assertEquals(50, elbo.size());
        assertTrue(elbo.get(49) > elbo.get(0) + 300, elbo.toString());
    }
}
