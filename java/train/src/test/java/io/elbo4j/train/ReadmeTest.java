package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.checkpoint.StoredTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void weightsComeFromPyTorchAndGoBack() throws Exception {
        Random random = new Random(1);
        List<StoredTensor> theirs = Map.of("encoder.0.weight", new long[] {8, 1, 4, 4}, "encoder.0.bias", new long[] {
                8},
                "mean.weight", new long[] {20, 1568}, "mean.bias", new long[] {20}, "log_variance.weight", new long[] {
                        20, 1568}, "log_variance.bias", new long[] {20}).entrySet().stream().map(e -> {
                            float[] values = new float[(int) Arrays.stream(e.getValue()).reduce(1, (a, b) -> a * b)];
                            IntStream.range(0, values.length).forEach(i -> values[i] = random.nextFloat());
                            return new StoredTensor(e.getKey(), e.getValue(), values);
                        }).toList();
        Path given = directory.resolve("encoder.safetensors");
        Path written = directory.resolve("ours.safetensors");
        Safetensors.write(given, Map.of(), theirs);
        String imports = Stream.of("", "train.distribution.", "train.graph.", "train.layer.", "train.torch.")
                .map(name -> "import io.elbo4j." + name + "*;\n").collect(Collectors.joining());
        String text = block("Graph g = new Graph\\(\\);\\RConvolutionShape").replace("\"encoder.safetensors\"", "\""
                + given + "\"").replace("\"ours.safetensors\"", "\"" + written + "\"");
        run("import java.nio.file.Path;\n" + imports + "public class Example {\n"
                + "    public static void main(String[] args) {\n" + text + "    }\n}\n");
        assertEquals(-1, Files.mismatch(given, written));
    }

    @Test
    void theGraphTrains() throws Exception {
        List<Double> elbo = run(block("import "));
        assertEquals(50, elbo.size());
        assertTrue(elbo.get(49) > elbo.get(0) + 300, elbo.toString());
    }

    /** In the first column of a table. */
    @ParameterizedTest
    @ValueSource(strings = {"layer", "distribution"})
    void everyLayerAndDistributionIsInATable(String of) throws Exception {
        String table = Files.readString(Path.of("README.md")).split("\\| in `" + of + "` \\|")[1].split("\\R\\R")[0];
        List<String> named = Pattern.compile("^\\| (`.*?`) \\|", Pattern.MULTILINE).matcher(table).results()
                .flatMap(row -> Stream.of(row.group(1).replace("`", "").split(", "))).sorted().toList();
        Path sources = Path.of("java/train/src/main/java/io/elbo4j/train", of);
        try (Stream<Path> files = Files.list(sources)) {
            assertEquals(files.filter(ReadmeTest::isPublic).map(file -> file.getFileName().toString().replace(".java",
                    "")).sorted().toList(), named);
        }
    }

    private static boolean isPublic(Path source) {
        try {
            return Pattern.compile("^public (final )?(class|record)", Pattern.MULTILINE).matcher(Files.readString(
                    source)).find();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
