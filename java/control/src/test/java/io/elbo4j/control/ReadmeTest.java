package io.elbo4j.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.control.agent.Agents;
import io.elbo4j.control.agent.Sac;
import io.elbo4j.control.agent.SavableAgent;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.purejava.JavaBackend;
import java.io.ByteArrayOutputStream;
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

/** The examples of the module's README.md. */
class ReadmeTest {
    @TempDir
    Path directory;

    private static String block(String beginning) throws Exception {
        Matcher block = Pattern.compile("```java\\R(" + beginning + ".*?)```", Pattern.DOTALL).matcher(Files.readString(
                Path.of("java/control/README.md")));
        assertTrue(block.find());
        return block.group(1);
    }

    /** Compiles a method that returns what it is asked for. */
    private Object run(String body) throws Exception {
        String imports = Stream.of("", "control.agent.", "control.dynamics.", "control.environment.",
                "control.evaluation.", "control.imitation.", "control.planning.").map(
                        name -> "import io.elbo4j." + name + "*;\n").collect(Collectors.joining());
        Path source = Files.writeString(directory.resolve("Example.java"), imports
                + "import java.nio.file.Path;\nimport java.util.List;\n"
                + "public class Example {\n    public static Object run() {\n" + body + "    }\n}\n");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int result = ToolProvider.getSystemJavaCompiler().run(null, said, said, "-d", directory.toString(), "-cp",
                System.getProperty("java.class.path"), source.toString());
        assertEquals(0, result, said.toString());
        try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            return loader.loadClass("Example").getMethod("run").invoke(null);
        }
    }

    @Test
    void twoLinesAct() throws Exception {
        Path file = directory.resolve("pendulum.safetensors");
        Environment pendulum = new Pendulum();
        float expected;
        try (Backend backend = new JavaBackend(1); SavableAgent sac = Agents.create(Sac.Settings.small(),
                pendulum, backend, 1)) {
            sac.save(file);
            expected = sac.act(new float[] {1, 0, 0})[0];
        }
        float[] torque = (float[]) run("try (Backend backend = Backends.open(\"java\")) {\n" + block("Agent agent")
                .replace("pendulum.safetensors", file.toString().replace(
                        "\\", "\\\\")) + "return torque;\n}\n");
        assertEquals(expected, torque[0]);
    }

    /** It is compiled with a few steps: the whole of it takes a while. */
    @Test
    void theLoopLearns() throws Exception {
        String loop = block("Environment pendulum").replace("\"cpu\"", "\"java\"");
        assertTrue(loop.contains("< 8000"));
        run(loop.replace("< 8000", "< 110") + "return null;\n");
    }

    /** An episode and a step of the eleven. */
    @Test
    void petsAsItStands() throws Exception {
        String example = block("Environment swingUp").replace("\"cpu\"", "\"java\"").replace("11 * 200", "201").replace(
                "1200", "20");
        assertTrue(example.contains("201") && example.contains("20, 100_000"), example);
        assertEquals(20L, run(example.replace("        interaction.step();\n    }\n",
                "        interaction.step();\n    }\n    return pets.updates();\n")));
    }

    /** With 30 random steps and few updates in place of 20,000. */
    @Test
    void e2cAsItStands() throws Exception {
        Path map = directory.resolve("map.png");
        String example = block("Environment planar").replace("\"cpu\"", "\"java\"").replace("20_000", "30").replace(
                "E2c.Settings.small()", "AgentSettings.with(E2c.Settings.small(), java.util.Map.of(\"randomSteps\", 30,"
                        + " \"updates\", 2, \"refitUpdates\", 2))").replace("map.png", map.toString().replace("\\",
                                "\\\\"));
        run(example + "return null;\n");
        assertTrue(Files.size(map) > 0);
    }

    /** With 20 updates and episodes in place of 10,000 and 200. */
    @Test
    void imitationAsItStands() throws Exception {
        String example = block("Expert expert").replace("\"cpu\"", "\"java\"").replace("10_000", "20").replace("200",
                "20");
        assertTrue(example.contains("learn(20)") && example.contains("policy(20, 0)"), example);
        double success = (double) run(example.replace("System.out.println(", "return ").replace("mean(\"success\"))",
                "mean(\"success\")"));
        assertTrue(success >= 0 && success <= 1);
    }

    /** From pixels an agent learns with the settings that were measured, no others. */
    @Test
    void dreamerFromPixelsIsTheOneThatWasMeasured() throws Exception {
        String gates = Files.readString(Path.of("tests/figures/gates.py"));
        Matcher row = Pattern.compile("world\\(\"dreamer\", \"pendulum-pixels\", \\d+(.*?)\\*PIXELS", Pattern.DOTALL)
                .matcher(gates);
        Matcher pixels = Pattern.compile("PIXELS = \\((.*?)\\)").matcher(gates);
        assertTrue(row.find() && pixels.find());
        List<String> measured = Pattern.compile("\"([^\"]+)\"|(\\d+)").matcher(row.group(1) + pixels.group(1)).results()
                .map(m -> m.group(1) != null ? m.group(1) : m.group(2)).sorted().toList();
        Matcher said = Pattern.compile("elbo4j control dreamer --environment pendulum-pixels ((?:.*\\\\\\R)*.*)\\R")
                .matcher(
                        Files.readString(Path.of("java/control/README.md")));
        assertTrue(said.find());
        assertEquals(measured, Pattern.compile("[\\s\\\\]+").splitAsStream(said.group(1)).sorted().toList());
    }
}
