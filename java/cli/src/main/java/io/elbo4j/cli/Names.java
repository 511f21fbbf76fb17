package io.elbo4j.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How Java's names are written on the command line: GAUSSIAN_SHARED is gaussian-shared, klWeight is --kl-weight. */
final class Names {
    private Names() { }

    static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads a value of an enum by its name on the command line. */
    static <E extends Enum<E>> ITypeConverter<E> reader(Class<E> type) {
        E[] values = type.getEnumConstants();
        return given -> Arrays.stream(values).filter(v -> of(v).equals(given)).findFirst()
                .orElseThrow(() -> new TypeConversionException("expected one of "
                        + Arrays.stream(values).map(Names::of).collect(Collectors.joining(", ")) + ", not '" + given
                        + "'"));
    }

    /** Runs a constructor that refuses values with "name must be ..., not ...": here the name is that of an option. */
    static <T> T checked(Supplier<T> constructor) {
        try {
            return constructor.get();
        } catch (IllegalArgumentException e) {
            String sentence = e.getMessage();
            int end = sentence.indexOf(' ');
            throw Failure.usage("--" + sentence.substring(0, end).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT)
                    + sentence.substring(end));
        }
    }
}
