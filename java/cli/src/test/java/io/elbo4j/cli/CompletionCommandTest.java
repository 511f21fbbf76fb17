package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script in bash; skipped where there is none. */
class CompletionCommandTest {
    @TempDir
    Path dir;
    private Path script;

    @BeforeEach
    void write() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "not completed: there is no /bin/bash");
        script = Files.writeString(dir.resolve("completion"), Cli.run("completion").succeeds().out());
    }

    /** What bash offers for the last of these words: by the function that it would call. */
    private List<String> offered(String... words) throws IOException, InterruptedException {
        // bash knows compopt while it completes alone
        String call = "compopt() { :; }; source " + script
                + "; [[ $(complete -p elbo4j) =~ ' -F '([^ ]+) ]] || exit 3; COMP_WORDS=(\"$@\");"
                + " COMP_CWORD=$(($# - 1)); COMP_LINE=\"$*\"; COMP_POINT=${#COMP_LINE}; ${BASH_REMATCH[1]} elbo4j"
                + " \"${@: -1}\" \"${@: -2:1}\"; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder(Lists.join(List.of("/bin/bash", "--norc", "-c", call, "bash", "elbo4j"),
                words)).directory(dir.toFile()).redirectErrorStream(true).start();
        String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, bash.waitFor(), out);
        return out.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    @Test
    void commandsOptionsAndNamesAreCompleted() throws Exception {
        assertEquals(List.of("evaluate"), offered("ev"));
        assertEquals(List.of("--latent", "--latents"), offered("train", "--lat"));
        // of another model than the one that help shows
        assertEquals(List.of("--channels"), offered("train", "--model", "convolutional-vae", "--cha"));
        assertEquals(List.of("convolutional-vae"), offered("train", "--model", "conv"));
        assertEquals(List.of("gaussian-shared"), offered("train", "--likelihood", "gaussian-s"));
        assertEquals(List.of("importance-weighted"), offered("train", "--model", "vae", "--objective", "imp"));
        assertEquals(List.of("onnx"), offered("export", "--format", "o"));
        assertEquals(List.of("chunks", "chunk-vae"), offered("imitate", "--policy", "chunk"));
        assertEquals(List.of("cpu", "cuda"), offered("evaluate", "--backend", "c"));
        assertEquals(List.of("evaluate"), offered("man", "ev"));
        assertEquals(List.of(), offered("train", "--no-such"));
    }

    @Test
    void everyOptionOfEveryCommandIsThere() throws IOException {
        String text = Files.readString(script);
        Main.commandLine(Console.system()).getSubcommands().forEach((name, command) -> command.getCommandSpec()
                .options()
                .forEach(option -> assertTrue(text.contains("'" + option.longestName() + "'"), () -> name + " "
                        + option.longestName())));
        assertFalse(text.contains("GAUSSIAN"));
    }
}
