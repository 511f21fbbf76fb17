package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataName;
import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Setting;
import io.elbo4j.train.model.Settings;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/** How the value of a model's setting is written on the command line. */
final class SettingValue {
    private SettingValue() {}

    /** What stands for it in help. */
    static String label(RecordComponent c) {
        Class<?> type = c.getType();
        return type == int.class || type == long.class ? "N" : type == double.class ? "X"
                : type == List.class ? "N,N,..." : type == String.class ? "TEXT" : "NAME";
    }

    /** @throws Failure naming the option, if this is no value of it */
    static Object read(String option, ModelKind<?> kind, RecordComponent c, String typed) {
        try {
            return read(kind, c, typed);
        } catch (TypeConversionException e) {
            throw Failure.usage("Invalid value for option '" + option + "': " + e.getMessage());
        }
    }

    private static Object read(ModelKind<?> kind, RecordComponent c, String typed) {
        Class<?> type = c.getType();
        if (type == int.class) {
            return (int) Values.whole(typed, Integer.MAX_VALUE);
        }
        if (type == long.class) {
            return Values.whole(typed, Long.MAX_VALUE);
        }
        if (type == double.class) {
            return Values.real(typed);
        }
        if (type == boolean.class) {
            return flag(c.getAnnotation(Setting.class).words(), typed);
        }
        if (type == List.class) {
            return list(typed);
        }
        return type.isEnum() ? constant(kind, c, typed) : typed;
    }

    /** One that the model refuses is read, as the model says why, but not named. */
    private static Object constant(ModelKind<?> kind, RecordComponent c, String typed) {
        List<Enum<?>> all = Arrays.stream((Enum<?>[]) c.getType().getEnumConstants()).toList();
        return all.stream().filter(value -> Names.of(value).equals(typed)).findFirst().orElseThrow(() -> Names.unknown(
                typed, all.stream().filter(value -> takes(kind, c, value)).map(Names::of).toList()));
    }

    private static <S extends Record> boolean takes(ModelKind<S> kind, RecordComponent c, Object value) {
        try {
            Settings.with(ModelOptions.usual(kind, DataName.Kind.MNIST), Map.of(c.getName(), value));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean flag(String[] words, String typed) {
        List<String> both = List.of(words);
        if (!both.contains(typed)) {
            throw Names.unknown(typed, both);
        }
        return typed.equals(words[1]);
    }

    /** Whole numbers with commas between them. */
    static List<Integer> list(String typed) {
        // no regular expression: those with repeated groups recurse for each repetition
        List<String> numbers = List.of(typed.split(",", -1));
        if (numbers.contains("")) {
            throw new TypeConversionException("expected numbers with commas and no blanks between them, as 400 or"
                    + " 400,200, not " + Quoted.of(typed));
        }
        return numbers.stream().map(n -> (int) Values.whole(n, Integer.MAX_VALUE)).toList();
    }

    /** As it would be typed. */
    static String text(RecordComponent c, Object value) {
        if (value instanceof Boolean b) {
            return c.getAnnotation(Setting.class).words()[b ? 1 : 0];
        }
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return value instanceof Enum<?> e ? Names.of(e) : String.valueOf(value);
    }
}
