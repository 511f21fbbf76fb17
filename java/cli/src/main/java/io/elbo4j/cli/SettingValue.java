package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.control.planning.Search;
import io.elbo4j.control.planning.SearchKind;
import io.elbo4j.train.model.Setting;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/** How the value of a setting is written on the command line. */
final class SettingValue {
    private SettingValue() {}

    /** Whether it is given without a value. */
    static boolean isFlag(RecordComponent c) {
        return c.getType() == boolean.class && words(c).length == 0;
    }

    private static String[] words(RecordComponent c) {
        return c.getAnnotation(Setting.class).words();
    }

    /** Its values, if they have names; else none. */
    static List<String> names(RecordComponent c) {
        Class<?> type = type(c);
        return type.isEnum() ? Names.all((Enum<?>[]) type.getEnumConstants()) : List.of(words(c));
    }

    /** A search is asked for by its kind. */
    private static Class<?> type(RecordComponent c) {
        return c.getType() == Search.class ? SearchKind.class : c.getType();
    }

    /** How it is given, in help. */
    static String usage(RecordComponent c) {
        return Names.option(c.getName()) + (isFlag(c) ? "" : "=" + label(c));
    }

    /** What stands for its value in help. */
    static String label(RecordComponent c) {
        Class<?> type = type(c);
        return type == int.class || type == long.class ? "N" : type == double.class ? "X"
                : type == List.class ? "N,N,..." : type == String.class ? "TEXT" : "NAME";
    }

    /**
     * The value.
     *
     * @param takes whether it may be this one of its enum
     * @throws Failure naming the option, if this is no value of it
     */
    static Object read(String option, RecordComponent c, String typed, Predicate<Object> takes) {
        try {
            return read(c, typed, takes);
        } catch (TypeConversionException e) {
            throw Failure.usage("Invalid value for option '" + option + "': " + e.getMessage());
        }
    }

    private static Object read(RecordComponent c, String typed, Predicate<Object> takes) {
        Class<?> type = type(c);
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
            return isFlag(c) ? Values.flag(typed) : flag(words(c), typed);
        }
        if (type == List.class) {
            return list(typed);
        }
        return type.isEnum() ? constant(type, typed, takes) : typed;
    }

    /** One that may not be is read, as the settings say why, but not named. */
    private static Object constant(Class<?> type, String typed, Predicate<Object> takes) {
        List<Enum<?>> all = Arrays.stream((Enum<?>[]) type.getEnumConstants()).toList();
        return all.stream().filter(value -> Names.of(value).equals(typed)).findFirst().orElseThrow(() -> Names.unknown(
                typed, all.stream().filter(takes).map(Names::of).toList()));
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
            return isFlag(c) ? b ? "yes" : "no" : words(c)[b ? 1 : 0];
        }
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return value instanceof Enum<?> e ? Names.of(e) : String.valueOf(value);
    }

    /** For a comparison: a boolean by its word, but a flag as it is. */
    static Object said(RecordComponent c, Object value) {
        return value instanceof Boolean && !isFlag(c) ? text(c, value) : value;
    }
}
