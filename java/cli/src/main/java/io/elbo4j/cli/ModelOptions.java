package io.elbo4j.cli;

import io.elbo4j.ArgumentException;
import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataName;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Setting;
import io.elbo4j.train.model.Settings;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/**
 * The model and its settings. A command has the options of all models, as which one it is may stand in a file; those
 * of other models are refused. An option not given contradicts no checkpoint.
 */
final class ModelOptions {
    static final String DEFAULT = "vae";
    private static final Map<String, Integer> IMAGE = Map.of(Images.X, 784, Images.LABEL, 10);

    @Option(names = "--model", paramLabel = "NAME",
            description = "the model: 'elbo4j models' lists them; with --help its options are shown (" + DEFAULT + ")")
    private String model;

    /** What was typed, by option. */
    private final Map<String, String> given = new LinkedHashMap<>();

    /**
     * Adds the options of all models to the command that has this as its mixin. Help shows those of the model that is
     * asked for, as an option need not be the same in another.
     *
     * @param asked the command line
     * @throws Failure if there is no such model
     */
    void addTo(CommandSpec spec, String... asked) {
        ModelKind<?> shown = named(asked(List.of(asked)));
        Map<String, ModelKind<?>> kinds = new LinkedHashMap<>();
        Settings.options(shown.settings()).forEach(c -> kinds.put(Names.option(c.getName()), shown));
        for (ModelKind<?> kind : Models.all()) {
            Settings.options(kind.settings()).forEach(c -> kinds.putIfAbsent(Names.option(c.getName()), kind));
        }
        int order = 0;
        for (Map.Entry<String, ModelKind<?>> e : kinds.entrySet()) {
            String option = e.getKey();
            ModelKind<?> kind = e.getValue();
            if (spec.optionsMap().containsKey(option)) {
                throw Failure.because("the model " + kind.name() + " has a setting of the name of an option of elbo4j, "
                        + option, null);
            }
            RecordComponent component = component(kind, option);
            String[] lines = Stream.of(describe(kind, component)).map(ModelOptions::escaped).toArray(String[]::new);
            spec.addOption(OptionSpec.builder(option).type(String.class).order(++order).paramLabel(SettingValue
                    .label(component)).description(lines).hidden(kind != shown).setter(new Typed(option)).build());
        }
        String[] own = {"", escaped("The options after --help are those of the model " + shown.name()
                + ": 'elbo4j train --model NAME --help' shows those of another.")};
        spec.usageMessage().footer(Stream.concat(Stream.of(own), Stream.of(spec.usageMessage().footer()))
                .toArray(String[]::new));
    }

    /** The model in a command line that is not parsed yet; null if none is named. */
    private static String asked(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).startsWith("--model=")) {
                return words.get(i).substring("--model=".length());
            }
            // what begins with a hyphen is another option
            if (words.get(i).equals("--model") && i + 1 < words.size() && !words.get(i + 1).startsWith("-")) {
                return words.get(i + 1);
            }
        }
        return null;
    }

    /** picocli formats what it is given. */
    private static String escaped(String line) {
        return line.replace("%", "%%").replace("${", "$ {");
    }

    private final class Typed implements ISetter {
        private final String option;

        Typed(String option) {
            this.option = option;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T set(T value) {
            // picocli sets what was not given to null before it reads
            return (T) (value == null ? given.remove(option) : given.put(option, (String) value));
        }
    }

    /** What an option is, with its default. */
    static String[] describe(ModelKind<?> kind, RecordComponent component) {
        String[] lines = component.getAnnotation(Setting.class).value().clone();
        String usual = text(kind, component, DataName.Kind.MNIST);
        String sprites = text(kind, component, DataName.Kind.SPRITES);
        lines[0] += " (" + usual + (sprites.equals(usual) ? "" : "; for sprites " + sprites) + ")";
        return lines;
    }

    private static String text(ModelKind<?> kind, RecordComponent component, DataName.Kind data) {
        return SettingValue.text(component, Settings.values(usual(kind, data)).get(component.getName()));
    }

    /** Of images as MNIST's. */
    static <S extends Record> S usual(ModelKind<S> kind, DataName.Kind data) {
        return kind.defaults(new DataShape(data, 1, 28, 28, 1, IMAGE));
    }

    /** The model asked for. */
    ModelKind<?> kind() {
        return named(model);
    }

    /** @param asked null for the default */
    private static ModelKind<?> named(String asked) {
        String name = asked == null ? DEFAULT : asked;
        List<String> names = Models.all().stream().map(ModelKind::name).toList();
        if (!names.contains(name)) {
            throw Failure.usage("--model must be one of " + String.join(", ", names) + ", not " + Quoted.of(name)
                    + Suggestions.of(name, names));
        }
        return Models.named(name);
    }

    /** What was given for a model, by its component; refuses what is another model's, or no value. */
    Map<String, Object> values(ModelKind<?> kind) {
        Map<String, Object> values = new LinkedHashMap<>();
        given.forEach((option, typed) -> {
            RecordComponent component = component(kind, option);
            if (component == null) {
                throw Failure.usage(option + " goes with --model " + Models.all().stream()
                        .filter(other -> component(other, option) != null).map(ModelKind::name)
                        .collect(Collectors.joining(" or ")) + ", not with " + kind.name());
            }
            values.put(component.getName(), SettingValue.read(option, kind, component, typed));
        });
        return values;
    }

    /** null if the model has no such option. */
    private static RecordComponent component(ModelKind<?> kind, String option) {
        return Settings.options(kind.settings()).stream().filter(c -> Names.option(c.getName()).equals(option))
                .findFirst().orElse(null);
    }

    /** The model asked for, with a default for what was not given. */
    Record settings(DataShape data) {
        return settings(kind(), data);
    }

    private <S extends Record> S settings(ModelKind<S> kind, DataShape data) {
        Map<String, Object> values = values(kind);
        return Names.checked(() -> {
            S settings = Settings.with(kind.defaults(data), values);
            kind.check(settings, values.keySet());
            return settings;
        }, given);
    }

    /** Refuses an option that contradicts the model of a run that is resumed. */
    void check(Record stored, Agreement agreement) {
        ModelKind<?> kind = Models.of(stored);
        agreement.check("--model", model, kind.name());
        Map<String, Object> own = Settings.values(stored);
        values(kind).forEach((name, value) -> {
            String option = Names.option(name);
            RecordComponent component = component(kind, option);
            agreement.check(option, SettingValue.text(component, value), SettingValue.text(component, own.get(name)));
        });
    }

    /** What was typed, as "--hidden 400 and --latent 20"; empty if nothing was. */
    String typed() {
        return given.entrySet().stream().map(e -> e.getKey() + " " + Values.shown(e.getValue()))
                .collect(Collectors.joining(" and "));
    }

    /** A model in words, as "vae: hidden 400, latent 20": what has no effect on it is left out. */
    static <S extends Record> String inWords(S settings) {
        ModelKind<S> kind = Models.of(settings);
        Map<String, Object> values = Settings.values(settings);
        return kind.name() + Settings.options(kind.settings()).stream().filter(c -> hasEffect(kind, settings, c
                .getName())).map(c -> Names.option(c.getName()).substring(2)
                        + " " + SettingValue.text(c, values.get(c.getName()))).collect(Collectors.joining(", ", ": ",
                                ""));
    }

    private static <S extends Record> boolean hasEffect(ModelKind<S> kind, S settings, String component) {
        try {
            kind.check(settings, Set.of(component));
            return true;
        } catch (ArgumentException e) {
            return false;
        }
    }
}
