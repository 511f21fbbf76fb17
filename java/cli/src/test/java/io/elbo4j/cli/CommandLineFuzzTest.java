package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * Whatever is typed, a wrong command line is answered by one short line. {@code -Delbo4j.commandLines=100000} tries
 * more of them, {@code -Delbo4j.seed=N} the same again.
 */
class CommandLineFuzzTest {
    private static final int LINES = Integer.getInteger("elbo4j.commandLines", 500);
    /** Our sentences and options, and so much foreign text: a path, or two quoted arguments. */
    private static final int LONGEST = 5_000;

    private static final Map<String, CommandLine> KNOWN = Main.commandLine(Console.system()).getSubcommands();
    private static final List<String> COMMANDS = Stream.concat(KNOWN.keySet().stream(), Stream.of("fly", "")).toList();
    private static final List<String> OPTIONS = Stream.concat(KNOWN.values().stream()
            .flatMap(command -> command.getCommandSpec().optionsMap().keySet().stream()).distinct(),
            Stream.of("--lr", "--beta", "--", "-", "-h", "-hx", "-V")).toList();
    private static final List<String> VALUES = List.of("", "0", "1", "-1", "1,2", "400", "1e-300", "NaN", "0x1p3",
            "99999999999999999999", "auto", "java", "cuda:1", "gaussian", "relu", "dynamic", "none", "test", "~", "~/x",
            "~x/y", "x.npy", "x.png", "npy=", "npy=x", "mnist=~/x", "images=\n", "%s%n%d", "@x", "${sys:user.home}",
            "@|red x|@", "a\tb", "a\r\nb", "\u001B[31m", "\0", "\uD800", "\uDC00", "\u202E", "\u2028", "é", "日本",
            "\uD83D\uDE00", "'", "\"", "\\", "=", ",", "a=b");

    /** Commands that have work to do with no option at all, and one that leaves them without. */
    private static final Map<String, String> NEEDLESS = Map.of("train", "--data", "posteriors", "--target", "weights",
            "--data", "ascent", "--model", "control", "--environment", "imitate",
            "--environment", "plan", "--environment");

    private final Random random = new Random();

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private String value() {
        return switch (random.nextInt(8)) {
            case 0 -> pick(VALUES).repeat(1 + random.nextInt(300));
            case 1 -> pick(VALUES) + pick(VALUES) + pick(VALUES);
            case 2 -> random.ints(random.nextInt(40), 0, 0x10000).collect(StringBuilder::new,
                    (s, c) -> s.append((char) c), StringBuilder::append).toString();
            case 3 -> random.nextInt(50) == 0 ? pick(VALUES).repeat(50_000) : pick(VALUES);
            default -> pick(VALUES);
        };
    }

    /** Nothing is trained and nothing written: there is no such data, checkpoint or target. */
    private String[] arguments() {
        List<String> args = new ArrayList<>();
        String command = random.nextInt(50) == 0 ? value() : pick(COMMANDS);
        args.add(command);
        int more = random.nextInt(6);
        for (int i = 0; i < more; i++) {
            String option = random.nextInt(20) == 0 ? value() : pick(OPTIONS);
            switch (random.nextInt(4)) {
                case 0 -> args.add(option + "=" + value());
                case 1 -> args.add(option);
                default -> args.addAll(List.of(option, value()));
            }
        }
        String option = NEEDLESS.get(command);
        if (option != null && args.stream().noneMatch(a -> a.startsWith(option))) {
            args.addAll(List.of(option, "npy=no such file"));
        }
        return args.toArray(String[]::new);
    }

    /** What a sentence calls an option is one of the command, or was typed. */
    private static void assertNamesItsOptions(String[] args, String sentence, String line) {
        CommandLine command = KNOWN.get(args[0]);
        String typed = String.join(" ", args);
        List<String> named = Pattern.compile("(?<![\\w-])--[a-z][a-z-]+").matcher(sentence).results().map(
                MatchResult::group).filter(option -> !typed.contains(option) && !option.equals("--help")).toList();
        assertTrue(command == null || command.getCommandSpec().optionsMap().keySet().containsAll(named), line);
    }

    @Test
    void aWrongCommandLineIsAnsweredByOneShortLine() {
        long seed = Long.getLong("elbo4j.seed", random.nextLong());
        System.out.println("command lines of seed " + seed);
        random.setSeed(seed);
        int wrong = 0;
        for (int i = 0; i < LINES; i++) {
            String[] args = arguments();
            Cli.Result result = Cli.run(args);
            String line = i + " of seed " + seed + ": " + result.err();
            assertFalse(result.err().contains("internal error"), line);
            assertFalse(result.err().contains("\tat "), line);
            if (result.exitCode() != 0) {
                wrong++;
                assertEquals("", result.out(), line);
                assertTrue(result.err().startsWith("elbo4j: ") && result.err().endsWith("\n"), line);
                assertTrue(result.err().length() < LONGEST, line);
                assertNamesItsOptions(args, result.err(), line);
                assertTrue(result.err().chars().limit(result.err().length() - 1).noneMatch(c -> c < ' ' || c == 0x7F
                        || c == 0x202E || c == 0x2028), line);
            }
        }
        assertTrue(wrong > LINES / 2, wrong + " of " + LINES + " were wrong");
    }
}
