package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class PathsTest {
    private static final Path HOME = Path.of(System.getProperty("user.home"));

    @Test
    void aLeadingTildeIsTheHomeFolder() {
        assertEquals(HOME, Values.path("~"));
        assertEquals(HOME.resolve("runs/a"), Values.path("~/runs/a"));
        assertEquals("npy=" + HOME.resolve("x.npy"), DataOptions.name("npy=~/x.npy").toString());
        assertEquals(Path.of("~x.npy"), Values.path("~x.npy"));
        assertEquals(Path.of("a/~/b"), Values.path("a/~/b"));
        TypeConversionException other = assertThrows(TypeConversionException.class, () -> Values.path("~bob/x"));
        assertTrue(other.getMessage().startsWith("'~bob/x' begins with another user's home folder"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"train --data mnist=~/none-1", "train --data images=~/none-1", "train --data npy=~/none-1",
            "train --resume --out ~/none-1", "evaluate --checkpoint ~/none-1",
            "encode --checkpoint ~/none-1 --out x.npy",
            "sample --checkpoint ~/none-1 --out x.npy"})
    void everyOptionThatTakesAPathReadsATilde(String command) {
        Cli.run(command.split(" ")).fails(1, HOME.resolve("none-1").toString());
    }

    @Test
    void charactersThatTheLocaleHasLostAreSaid() {
        PathEncoding posix = new PathEncoding("ANSI_X3.4-1968");
        assertEquals(Optional.empty(), posix.loss("/home", "train", "--out", "x?"));
        assertEquals("the argument 'runs/\uFFFD' has characters that Java cannot read: this locale's encoding,"
                + " ANSI_X3.4-1968, lacks them: start java with LC_ALL=C.UTF-8 in the environment",
                posix.loss("/home", "--out", "runs/\uFFFD").orElseThrow());
        assertTrue(posix.loss("/\uFFFD", "train").orElseThrow().startsWith("the current folder, '/\uFFFD', has"));
        assertEquals(Optional.empty(), new PathEncoding("UTF-8").loss("/\uFFFD", "\uFFFD"));
    }

    @Test
    void whatIsNoPathIsRefusedInASentence() {
        Cli.run("evaluate", "--checkpoint", "a\0b").fails(2, "--checkpoint", "'a\\x00b' is not a path");
        Cli.run("train", "--data", "npy=a\0b").fails(2, "--data", "'a\\x00b' is not a path");
        Cli.run("train", "--out", "x".repeat(5000)).fails(2, "--out", "...' (5000 characters) is not a path");
    }
}
