package io.elbo4j.cli;

import io.elbo4j.ArgumentException;
import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataKind;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Settings;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
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

    private final SettingOptions typed = new SettingOptions();

    /**
     * Adds the options of all models to the command that has this as its mixin. Help shows those of the model that is
     * asked for, as an option need not be the same in another.
     *
     * @param asked the command line
     * @throws Failure if there is no such model
     */
    void addTo(CommandSpec spec, String... asked) {
        ModelKind<?> shown = named(asked(List.of(asked)));
        Stream.concat(Stream.of(shown), Models.all().stream()).forEach(kind -> add(spec, kind, kind == shown));
        SettingOptions.sayWhose(spec, "the model " + shown.name(), "elbo4j train --model NAME");
    }

    private void add(CommandSpec spec, ModelKind<?> kind, boolean shown) {
        String of = "the model " + kind.name();
        Settings.options(kind.settings()).forEach(c -> typed.add(spec, of, c, shown, defaults(kind, c)));
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

    /** What an option is, with its default. */
    static String[] describe(ModelKind<?> kind, RecordComponent component) {
        return SettingOptions.describe(component, defaults(kind, component));
    }

    private static String defaults(ModelKind<?> kind, RecordComponent component) {
        String usual = text(kind, component, DataKinds.MNIST);
        String sprites = text(kind, component, DataKinds.SPRITES);
        return usual + (sprites.equals(usual) ? "" : "; for sprites " + sprites);
    }

    private static String text(ModelKind<?> kind, RecordComponent component, DataKind data) {
        return SettingValue.text(component, Settings.values(usual(kind, data)).get(component.getName()));
    }

    /** Of images as MNIST's. */
    static <S extends Record> S usual(ModelKind<S> kind, DataKind data) {
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
        List<RecordComponent> own = Settings.options(kind.settings());
        typed.requireAmong(own, option -> Failure.usage(option + " goes with --model " + Models.all().stream().filter(
                other -> has(other, option)).map(ModelKind::name).collect(Collectors.joining(" or ")) + ", not with "
                + kind.name()));
        return typed.values(own, (c, value) -> takes(kind, c, value));
    }

    private static boolean has(ModelKind<?> kind, String option) {
        return Settings.options(kind.settings()).stream().anyMatch(c -> Names.option(c.getName()).equals(option));
    }

    private static <S extends Record> boolean takes(ModelKind<S> kind, RecordComponent c, Object value) {
        try {
            Settings.with(usual(kind, DataKinds.MNIST), Map.of(c.getName(), value));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The model asked for, with a default for what was not given. */
    Record settings(DataShape data) {
        return settings(kind(), data);
    }

    private <S extends Record> S settings(ModelKind<S> kind, DataShape data) {
        Map<String, Object> values = values(kind);
        return Names.checked(() -> {
            S settings = Settings.with(usual(kind, data), values);
            kind.check(settings, values.keySet());
            return settings;
        }, typed.given());
    }

    /** What it takes of the data is no option, and is not called one. */
    private static <S extends Record> S usual(ModelKind<S> kind, DataShape data) {
        try {
            return kind.defaults(data);
        } catch (ArgumentException e) {
            if (Settings.options(kind.settings()).stream().anyMatch(c -> c.getName().equals(e.argument()))) {
                throw e;
            }
            throw Failure.because("--model " + kind.name() + " goes with data whose " + e.argument() + " is "
                    + e.expected() + ", not " + e.given(), e);
        }
    }

    /** Refuses an option that contradicts the model of a run that is resumed. */
    void check(Record stored, Agreement agreement) {
        ModelKind<?> kind = Models.of(stored);
        agreement.check("--model", model, kind.name());
        Map<String, Object> own = Settings.values(stored);
        Map<String, Object> values = values(kind);
        Settings.options(kind.settings()).forEach(c -> agreement.check(Names.option(c.getName()), SettingValue.said(c,
                values.get(c.getName())), SettingValue.said(c, own.get(c.getName()))));
    }

    /** What was typed, as "--hidden 400 and --latent 20"; empty if nothing was. */
    String typed() {
        return typed.given().entrySet().stream().map(e -> e.getKey() + " " + Values.shown(e.getValue()))
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
