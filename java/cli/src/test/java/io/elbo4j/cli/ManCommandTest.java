package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ManCommandTest {
    @TempDir
    Path dir;

    private static List<String> names() {
        List<String> names = new ArrayList<>(Main.commandLine(Console.system()).getSubcommands().keySet());
        names.add(0, null);
        return names;
    }

    private static String page(String name) {
        return Cli.run(name == null ? new String[] {"man"} : new String[] {"man", name}).succeeds().out();
    }

    /** As man shows it, which names what it does not understand on standard error. */
    private String shown(String page) throws IOException, InterruptedException {
        Path file = Files.writeString(dir.resolve("page.1"), page);
        Path warnings = dir.resolve("warnings");
        ProcessBuilder man = new ProcessBuilder("man", "--warnings", "-l", file.toString()).redirectError(warnings
                .toFile());
        man.environment().putAll(Map.of("MANWIDTH", "200", "LC_ALL", "C.UTF-8", "MAN_KEEP_FORMATTING", ""));
        Process process = man.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        assertEquals("", Files.readString(warnings));
        return text.replaceAll("\\s+", " ");
    }

    @Test
    void everyCommandHasAPageThatManShowsWithoutWarnings() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")) && Files.isExecutable(Path.of(
                "/usr/bin/man")), "the pages are not shown: there is no man, or no groff");
        CommandLine all = Main.commandLine(Console.system());
        for (String name : names()) {
            String shown = shown(page(name));
            CommandLine command = name == null ? all : all.getSubcommands().get(name);
            command.getCommandSpec().options().stream().filter(option -> !option.hidden()).forEach(option -> assertTrue(
                    shown.contains(" " + option.longestName()), () -> name + " " + option.longestName() + ": "
                            + shown));
            assertFalse(shown.contains("${") || shown.contains("%%") || shown.contains("\\"), shown);
        }
    }

    @Test
    void thePageSaysWhatHelpSays() throws Exception {
        String page = page("train");
        assertTrue(page.startsWith(".TH \"ELBO4J\\-TRAIN\" \"1\""), page);
        assertTrue(page.contains("\n\\fB\\-\\-latent\\fR=\\fIN\\fR\n"), page);
        assertTrue(page(null).contains("\\fBelbo4j\\-evaluate\\fR(1)"));
        Cli.run("man", "--out", dir.toString()).succeeds();
        assertEquals(names().size(), Cli.names(dir).size());
        assertEquals(page, Files.readString(dir.resolve("elbo4j-train.1")));
        assertEquals(page(null), Files.readString(dir.resolve("elbo4j.1")));
        Cli.run("man", "train", "--out", dir.toString()).fails(2, "COMMAND has no effect on --out");
        Cli.run("man", "--out", dir.resolve("new/man1").toString()).succeeds();
        assertEquals(page, Files.readString(dir.resolve("new/man1/elbo4j-train.1")));
        Path file = dir.resolve("elbo4j.1");
        Cli.run("man", "--out", file.toString()).fails(1, "--out " + file + " is no folder; the folder for the pages is"
                + " expected");
        Cli.run("man", "trian").fails(2, "COMMAND must be one of train, ", "not 'trian'");
    }
}
