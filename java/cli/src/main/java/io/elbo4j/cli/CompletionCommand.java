package io.elbo4j.cli;

import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Models;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Option;

@Command(name = "completion", description = {
        "Prints a script by which bash and zsh complete the commands, options and names of 'elbo4j'.",
        "In ~/.bashrc or ~/.zshrc: source <(elbo4j completion)"})
final class CompletionCommand implements Callable<Integer> {
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help and exit")
    private boolean help;

    private final Console console;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CommandLine all = Main.commandLine(console);
        all.getSubcommands().values().forEach(command -> complete(command.getCommandSpec()));
        completeCommands(all.getSubcommands().get("man").getCommandSpec(), List.copyOf(all.getSubcommands().keySet()));
        console.out().print(AutoComplete.bash("elbo4j", all));
        return 0;
    }

    /**
     * Options that help shows of one model alone are completed too; values are named as the command line has them. The
     * script has a variable for each label.
     */
    private static void complete(CommandSpec spec) {
        for (OptionSpec option : List.copyOf(spec.options())) {
            String name = option.longestName();
            List<String> values = switch (name) {
                case "--model" -> Models.all().stream().map(ModelKind::name).toList();
                case "--backend" -> BackendOptions.Name.KNOWN;
                default -> names(option.auxiliaryTypes()[0]);
            };
            OptionSpec.Builder completed = option.toBuilder().hidden(false).paramLabel(name.substring(2));
            spec.remove(option);
            spec.addOption((values.isEmpty() ? completed : completed.completionCandidates(values)).build());
        }
    }

    private static void completeCommands(CommandSpec man, List<String> commands) {
        PositionalParamSpec name = man.positionalParameters().get(0);
        man.remove(name);
        man.addPositional(name.toBuilder().completionCandidates(commands).build());
    }

    private static List<String> names(Class<?> type) {
        return type.isEnum() ? Names.all((Enum<?>[]) type.getEnumConstants()) : List.of();
    }
}
