package io.elbo4j.cli;

import io.elbo4j.train.model.Setting;
import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options that are components of settings. A command has those of all that it knows, as which is meant may stand in a
 * file; so what is typed stays text until then, and help shows those of one.
 */
final class SettingOptions {
    private final Set<String> names = new TreeSet<>();
    /** What was typed, by option. */
    private final Map<String, String> given = new LinkedHashMap<>();

    private final class Typed implements ISetter {
        private final String option;

        Typed(String option) {
            this.option = option;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T set(T value) {
            // picocli sets what was not given to null before it reads
            return (T) (value == null ? given.remove(option) : given.put(option, value.toString()));
        }
    }

    /**
     * Adds an option, if none of its name was added before.
     *
     * @param of whose it is, for people
     * @param shown whether it stands in help
     * @param usual what is taken if it is left out
     */
    void add(CommandSpec spec, String of, RecordComponent c, boolean shown, String usual) {
        String option = Names.option(c.getName());
        if (!names.add(option)) {
            return;
        }
        if (spec.optionsMap().containsKey(option)) {
            throw Failure.because(of + " has a setting of the name of an option of elbo4j, " + option, null);
        }
        String[] lines = Stream.of(describe(c, usual)).map(SettingOptions::escaped).toArray(String[]::new);
        OptionSpec.Builder added = OptionSpec.builder(option).type(SettingValue.isFlag(c) ? Boolean.class
                : String.class)
                .order(names.size()).paramLabel(SettingValue.label(c)).description(lines).hidden(!shown)
                .setter(new Typed(option));
        List<String> values = SettingValue.names(c);
        spec.addOption((values.isEmpty() ? added : added.completionCandidates(values)).build());
    }

    /** What an option is, with its default. */
    static String[] describe(RecordComponent c, String usual) {
        String[] lines = c.getAnnotation(Setting.class).value().clone();
        lines[0] += " (" + usual + ")";
        return lines;
    }

    /** Says in help whose options it shows, and which words show those of another. */
    static void sayWhose(CommandSpec spec, String of, String words) {
        String[] own = {"", escaped("The options after --help are those of " + of + ": '" + words
                + " --help' shows those of another.")};
        spec.usageMessage().footer(Stream.concat(Stream.of(own), Stream.of(spec.usageMessage().footer()))
                .toArray(String[]::new));
    }

    /** picocli formats what it is given. */
    private static String escaped(String line) {
        return line.replace("%", "%%").replace("${", "$ {");
    }

    /** What was typed, by option, in its order. */
    Map<String, String> given() {
        return Collections.unmodifiableMap(given);
    }

    /** Refuses what was given and is none of these. */
    void requireAmong(List<RecordComponent> own, Function<String, Failure> refusal) {
        List<String> options = own.stream().map(c -> Names.option(c.getName())).toList();
        given.keySet().stream().filter(option -> !options.contains(option)).findFirst().ifPresent(option -> {
            throw refusal.apply(option);
        });
    }

    /**
     * What was given for these, by component; refuses what is no value.
     *
     * @param takes whether a component may have this value of its enum
     */
    Map<String, Object> values(List<RecordComponent> own, BiPredicate<RecordComponent, Object> takes) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (RecordComponent c : own) {
            String option = Names.option(c.getName());
            if (given.containsKey(option)) {
                values.put(c.getName(), SettingValue.read(option, c, given.get(option), value -> takes.test(c, value)));
            }
        }
        return values;
    }
}
