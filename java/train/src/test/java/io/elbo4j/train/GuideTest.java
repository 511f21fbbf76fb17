package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the guide, README.md of this module, print what it says they print. */
class GuideTest {
    private static final Pattern EXAMPLE = Pattern.compile(
            "## ([^\\n]*)\\n(?:(?!\\n## ).)*?```java\\n((?:(?!```).)*)```\\n\\n```text\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path directory;

    private record Example(String title, String code, String output) {}

    private static String guide() throws Exception {
        return Files.readString(Path.of("java/train/README.md"));
    }

    private static List<Example> examples() throws Exception {
        List<Example> all = new ArrayList<>();
        for (Matcher m = EXAMPLE.matcher(guide()); m.find();) {
            all.add(new Example(m.group(1), m.group(2), m.group(3)));
        }
        return all;
    }

    @Test
    void everySectionHasAnExample() throws Exception {
        assertEquals(guide().lines().filter(line -> line.startsWith("## ")).map(line -> line.substring(3)).toList(),
                examples().stream().map(Example::title).toList());
        assertFalse(examples().isEmpty());
    }

    /** Whoever reads them sees each at a glance. */
    @Test
    void anExampleHasTenLinesAtMost() throws Exception {
        for (Example example : examples()) {
            assertTrue(example.code.lines().count() <= 10, example.title);
        }
    }

    @TestFactory
    Stream<DynamicTest> examplesPrintWhatTheGuideSays() throws Exception {
        String shared = Pattern.compile("```java\\n(static .*?)```", Pattern.DOTALL).matcher(guide()).results().map(
                block -> block.group(1)).collect(Collectors.joining());
        assertFalse(shared.isEmpty());
        String before = Stream.of("", "train.", "train.ascent.", "train.data.", "train.distribution.", "train.exact.",
                "train.graph.",
                "train.layer.",
                "train.model.", "train.network.", "train.objective.", "train.optimiser.", "train.posterior.",
                "train.quantity.").map(
                        name -> "import io.elbo4j." + name + "*;\n").collect(Collectors
                                .joining())
                + "import java.util.*;\nimport java.util.function.*;\npublic class Example {\n" + shared
                + "public static void main(String[] args) {\n";
        return examples().stream().map(example -> DynamicTest.dynamicTest(example.title, () -> assertEquals(
                example.output, output(before + example.code + "}\n}\n"))));
    }

    private String output(String program) throws Exception {
        Path source = Files.writeString(Files.createTempDirectory(directory, "example").resolve("Example.java"),
                program);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int result = ToolProvider.getSystemJavaCompiler().run(null, said, said, "-d", source.getParent().toString(),
                "-cp", System.getProperty("java.class.path"), source.toString());
        assertEquals(0, result, said.toString());
        PrintStream before = System.out;
        try (URLClassLoader loader = new URLClassLoader(new URL[] {source.getParent().toUri().toURL()})) {
            System.setOut(new PrintStream(said, true));
            loader.loadClass("Example").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        return said.toString();
    }
}
