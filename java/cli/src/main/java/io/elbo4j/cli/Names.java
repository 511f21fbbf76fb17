package io.elbo4j.cli;

import io.elbo4j.ArgumentException;
import io.elbo4j.Quoted;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How Java's names are written on the command line: GAUSSIAN_SHARED is gaussian-shared, klWeight is --kl-weight. */
final class Names {
    private Names() {}

    static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> all(Enum<?>[] values) {
        return Arrays.stream(values).map(Names::of).toList();
    }

    /** The option that gives a component of the settings its value. */
    static String option(String component) {
        StringBuilder option = new StringBuilder("--");
        component.chars().forEach(c -> option.append(Character.isUpperCase(c) ? "-" : "")
                .append((char) Character.toLowerCase(c)));
        return option.toString();
    }

    /** Reads a value of an enum by its name on the command line. */
    static <E extends Enum<E>> ITypeConverter<E> reader(Class<E> type) {
        E[] values = type.getEnumConstants();
        List<String> names = Arrays.stream(values).map(Names::of).toList();
        return given -> {
            int i = names.indexOf(given);
            if (i < 0) {
                throw unknown(given, names);
            }
            return values[i];
        };
    }

    static TypeConversionException unknown(String given, List<String> known) {
        return new TypeConversionException("expected one of " + String.join(", ", known) + ", not " + Quoted.of(given)
                + Suggestions.of(given, known));
    }

    /** Makes settings from options: what they refuse is said of the option. */
    static <T> T checked(Supplier<T> constructor) {
        return checked(constructor, Map.of());
    }

    /**
     * As {@link #checked(Supplier)}.
     *
     * @param words what was typed, by option, where that is not the value as Java writes it
     */
    static <T> T checked(Supplier<T> constructor, Map<String, String> words) {
        try {
            return constructor.get();
        } catch (ArgumentException e) {
            String option = option(e.argument());
            String typed = words.getOrDefault(option, e.given());
            // a list is refused for one of its numbers, a number is shown as it was understood
            String given = typed.matches("[\\p{Alpha}-]{1,40}") ? typed : e.given();
            throw Failure.usage(option + " must be " + e.expected() + ", not " + given);
        }
    }
}
