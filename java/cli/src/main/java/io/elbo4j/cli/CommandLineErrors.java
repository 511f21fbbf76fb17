package io.elbo4j.cli;

import io.elbo4j.Quoted;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in one sentence. */
final class CommandLineErrors {
    /** picocli's own sentences are shorter, but for what was typed. */
    private static final int LONGEST = 140;
    private static final String HIDDEN = "--hidden";

    private CommandLineErrors() {}

    /** @param args the whole command line */
    static String sentence(ParameterException e, String... args) {
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        return what(e, spec, args) + " ('" + spec.qualifiedName() + " --help' lists the options)";
    }

    private static String what(ParameterException e, CommandSpec spec, String... args) {
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
            String first = unmatched.getUnmatched().get(0);
            if (spec.parent() != null) {
                return unmatched.isUnknownOption() ? "there is no option " + Quoted.of(first) + option(first, spec)
                        : Quoted.of(first) + " belongs to no option" + layers(first, List.of(args));
            }
            return first.startsWith("-") ? "there is no option " + Quoted.of(first) + " without a command before it: "
                    + Main.names() : "unknown command " + Quoted.of(first) + "; there are " + Main.names()
                            + Suggestions.of(first, spec.subcommands().keySet());
        }
        String message = String.valueOf(e.getMessage());
        // our converters quote what they refuse; picocli does not
        boolean ours = e.getCause() instanceof TypeConversionException;
        return ours || message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "...";
    }

    private static String option(String given, CommandSpec spec) {
        int equals = given.indexOf('=');
        return Suggestions.of(equals < 0 ? given : given.substring(0, equals), spec.optionsMap().keySet());
    }

    /** For --hidden 32 16: a list is one argument. */
    private static String layers(String stray, List<String> args) {
        List<String> all = args.stream().flatMap(a -> a.startsWith(HIDDEN + "=")
                ? Stream.of(HIDDEN, a.substring(HIDDEN.length() + 1)) : Stream.of(a)).toList();
        List<String> units = all.stream().skip(all.indexOf(HIDDEN) + 1L).takeWhile(Values::isWhole).toList();
        String list = String.join(",", units);
        return all.contains(HIDDEN) && units.lastIndexOf(stray) > 0 && list.length() < LONGEST / 2
                ? "; did you mean " + HIDDEN + " " + list + "?" : "";
    }
}
