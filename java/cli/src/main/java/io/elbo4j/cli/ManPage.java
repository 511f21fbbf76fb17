package io.elbo4j.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What help says, as a page of man: roff with the macros of man(7). */
final class ManPage {
    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    /** @param version null if it is not known */
    static String of(CommandSpec command, String version) {
        ManPage page = new ManPage();
        page.write(command, version == null ? "" : version);
        return page.page.toString();
    }

    private void write(CommandSpec command, String version) {
        String name = command.qualifiedName("-");
        List<String> about = List.of(command.usageMessage().description());
        macro("TH", name.toUpperCase(Locale.ROOT), "1", "", "elbo4j " + version, "elbo4j");
        macro("SH", "NAME");
        String first = text(about.get(0));
        line(name + " \\- " + first.substring(0, 1).toLowerCase(Locale.ROOT) + first.substring(1).replaceAll("[.]$",
                ""));
        macro("SH", "SYNOPSIS");
        line("\\fB" + text(command.qualifiedName()) + "\\fR" + (command.subcommands().isEmpty() ? "" : " COMMAND")
                + " [OPTION]..." + command.positionalParameters().stream().map(p -> " [" + text(p.paramLabel()) + "]")
                        .collect(Collectors.joining()));
        macro("SH", "DESCRIPTION");
        about.forEach(this::paragraph);
        section("ARGUMENTS", command.positionalParameters().stream().map(p -> (ArgSpec) p).toList());
        section("OPTIONS", command.options().stream().filter(option -> !option.hidden()).map(o -> (ArgSpec) o)
                .toList());
        if (!command.subcommands().isEmpty()) {
            macro("SH", "COMMANDS");
            for (CommandLine each : command.subcommands().values()) {
                String of = each.getCommandSpec().qualifiedName("-");
                entry("\\fB" + text(of) + "\\fR(1)", each.getCommandSpec().usageMessage().description()[0]);
            }
        }
        List<String> footer = Arrays.stream(command.usageMessage().footer()).filter(l -> !l.isBlank()).toList();
        if (!footer.isEmpty()) {
            macro("SH", "NOTES");
            footer.forEach(this::paragraph);
        }
    }

    private void section(String title, List<ArgSpec> entries) {
        if (!entries.isEmpty()) {
            macro("SH", title);
            entries.forEach(e -> entry(label(e), e.description()));
        }
    }

    private static String label(ArgSpec argument) {
        if (argument instanceof PositionalParamSpec) {
            return "\\fI" + text(argument.paramLabel()) + "\\fR";
        }
        String value = argument.arity().max() == 0 ? "" : "=\\fI" + text(argument.paramLabel()) + "\\fR";
        return Arrays.stream(((OptionSpec) argument).names()).map(n -> "\\fB" + text(n) + "\\fR").collect(Collectors
                .joining(", ")) + value;
    }

    private void entry(String label, String... description) {
        page.append(".TP\n");
        line(label);
        for (int i = 0; i < description.length; i++) {
            if (i > 0) {
                page.append(".br\n");
            }
            line(text(description[i]));
        }
    }

    private void paragraph(String of) {
        page.append(".PP\n");
        line(text(of));
    }

    private void macro(String name, String... arguments) {
        page.append('.').append(name);
        for (String argument : arguments) {
            page.append(" \"").append(text(argument)).append('"');
        }
        page.append('\n');
    }

    private void line(String of) {
        // a line that begins with these would be a request
        page.append(of.startsWith(".") || of.startsWith("'") ? "\\&" : "").append(of).append('\n');
    }

    /** picocli's format is done, roff's escapes are added. */
    private static String text(String of) {
        return of.replace("%%", "%").replace("%n", "\n.br\n").replace("\\", "\\e").replace("-", "\\-");
    }
}
