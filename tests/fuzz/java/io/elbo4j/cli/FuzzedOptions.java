package io.elbo4j.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** A value of every option of a command that ends where it would read its data: there is none. */
public final class FuzzedOptions {
    private static final List<OptionSpec> OPTIONS = Main.commandLine(Console.system()).getSubcommands().get("train")
            .getCommandSpec().options().stream().filter(option -> !option.usageHelp()).toList();

    private FuzzedOptions() {}

    /** How many options there are. */
    public static int count() {
        return OPTIONS.size();
    }

    /**
     * @param input the value
     * @param option its number
     */
    public static void run(byte[] input, Path folder, int option) {
        String value = new String(input, StandardCharsets.UTF_8);
        if (!value.equals("sprites")) {
            run(OPTIONS.get(option), value, folder);
        }
    }

    private static void run(OptionSpec option, String value, Path folder) {
        String name = option.longestName();
        List<String> args = new ArrayList<>(List.of("train"));
        args.addAll(option.arity().max() == 0 ? List.of(name + "=" + value) : List.of(name, value));
        if (!name.equals("--out")) {
            args.addAll(List.of("--out", folder + "/out"));
        }
        if (!name.equals("--data")) {
            args.addAll(List.of("--data", "npy=" + folder + "/none"));
        }
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int code;
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            code = Main.run(new Console(out, out, false), args.toArray(String[]::new));
        }
        String sentence = printed.toString(StandardCharsets.UTF_8);
        boolean one = sentence.lines().count() == 1 && sentence.strip().chars().noneMatch(Character::isISOControl);
        if (code != 1 && code != 2 || !one || sentence.contains("internal error") && !value.contains(
                "internal error")) {
            throw new AssertionError(name + " ended with " + code + ": " + sentence);
        }
    }
}
