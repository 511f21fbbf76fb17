package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "man", description = {"Prints the manual page of elbo4j, or of one of its commands.",
        "To read it: elbo4j man train | man -l -"})
final class ManCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "as train (the page of elbo4j itself)")
    private String name;
    @Option(names = "--out", paramLabel = "DIR", description = "folder in which the pages of elbo4j and all of its"
            + " commands are written, elbo4j.1, elbo4j-train.1 and so on (none is)")
    private Path out;
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help and exit")
    private boolean help;

    private final Console console;

    ManCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CommandLine all = Main.commandLine(console);
        if (out != null && name != null) {
            throw Failure.usage("COMMAND has no effect on --out, which takes all pages");
        }
        if (out != null && Files.exists(out) && !Files.isDirectory(out)) {
            throw Failure.because("--out " + Quoted.line(out) + " is no folder; the folder for the pages is expected",
                    null);
        }
        if (out != null) {
            write(all);
            all.getSubcommands().values().forEach(this::write);
            return 0;
        }
        CommandLine of = name == null ? all : all.getSubcommands().get(name);
        if (of == null) {
            throw Failure.usage("COMMAND must be one of " + Main.names() + ", not " + Quoted.of(name)
                    + Suggestions.of(name, List.copyOf(all.getSubcommands().keySet())));
        }
        console.out().print(page(of));
        return 0;
    }

    private static String page(CommandLine of) {
        return ManPage.of(of.getCommandSpec(), Main.version());
    }

    private void write(CommandLine of) {
        Path file = out.resolve(of.getCommandSpec().qualifiedName("-") + ".1");
        try {
            Files.createDirectories(out);
            Files.writeString(file, page(of));
        } catch (IOException e) {
            throw Failure.because("cannot write " + Quoted.line(file) + ": " + DataException.reason(e), e);
        }
    }
}
