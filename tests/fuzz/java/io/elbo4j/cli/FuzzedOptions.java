package io.elbo4j.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Values of options of a command that ends where it would read its data: there is none. */
public final class FuzzedOptions {
    private static final List<String> OPTIONS = List.of("--data", "--hidden", "--latent", "--activation",
            "--likelihood", "--standard-deviation", "--binarise", "--batch", "--learning-rate", "--kl-weight",
            "--kl-warm-up", "--free-bits", "--clip", "--seed", "--epochs", "--steps", "--backend", "--threads");

    private FuzzedOptions() {}

    /** @param input the number of an option, and its value */
    public static void run(byte[] input, Path folder) {
        if (input.length == 0) {
            return;
        }
        String option = OPTIONS.get((input[0] & 255) % OPTIONS.size());
        String value = new String(input, 1, input.length - 1, StandardCharsets.UTF_8);
        if (value.equals("sprites")) {
            return;
        }
        List<String> args = new ArrayList<>(List.of("train", option, value, "--out", folder + "/out"));
        if (!option.equals("--data")) {
            args.addAll(List.of("--data", "npy=" + folder + "/none"));
        }
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int code;
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            code = Main.run(new Console(out, out, false), args.toArray(String[]::new));
        }
        String sentence = printed.toString(StandardCharsets.UTF_8);
        boolean one = sentence.lines().count() == 1 && sentence.strip().chars().noneMatch(Character::isISOControl);
        if (code != 1 && code != 2 || !one || sentence.contains("internal error")) {
            throw new AssertionError("exit code " + code + ": " + sentence);
        }
    }
}
