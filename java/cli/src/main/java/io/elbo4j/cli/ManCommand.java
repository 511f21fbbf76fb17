package io.elbo4j.cli;

import io.elbo4j.Quoted;
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
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help and exit")
    private boolean help;

    private final Console console;

    ManCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CommandLine all = Main.commandLine(console);
        CommandLine of = name == null ? all : all.getSubcommands().get(name);
        if (of == null) {
            throw Failure.usage("COMMAND must be one of " + Main.names() + ", not " + Quoted.of(name)
                    + Suggestions.of(name, List.copyOf(all.getSubcommands().keySet())));
        }
        console.out().print(ManPage.of(of.getCommandSpec(), Main.version()));
        return 0;
    }
}
