package io.elbo4j.train.checkpoint;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.elbo4j.Quoted;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a record from JSON that anybody may have written. Unlike Gson's own binding it lets nothing be missing, null,
 * there twice or of another type: a number that is left out must not become 0. Names that the record does not have are
 * skipped.
 */
public final class RecordReader {
    private final JsonReader json;
    private final Map<String, Object> defaults;
    private final Map<Class<?>, Class<? extends Record>> open;

    private RecordReader(String text, Map<String, Object> defaults, Map<Class<?>, Class<? extends Record>> open) {
        json = new JsonReader(new StringReader(text));
        // for Infinity, which is no JSON
        json.setStrictness(Strictness.LENIENT);
        this.defaults = defaults;
        this.open = open;
    }

    /**
     * @param defaults values of components that may be missing, by their path, as {@code training.clip}
     * @throws IllegalArgumentException saying what is wrong in the rest of a sentence that begins "its metadata"
     */
    public static <T extends Record> T read(Class<T> type, String text, Map<String, Object> defaults) {
        return read(type, text, defaults, Map.of());
    }

    /**
     * As {@link #read(Class, String, Map)}.
     *
     * @param open what a component is that is declared as a {@link Record} or an interface of records
     */
    public static <T extends Record> T read(Class<T> type, String text, Map<String, Object> defaults,
            Map<Class<?>, Class<? extends Record>> open) {
        RecordReader reader = new RecordReader(text, defaults, open);
        try {
            T value = type.cast(reader.record(type, ""));
            if (reader.json.peek() != JsonToken.END_DOCUMENT) {
                throw new IllegalArgumentException("goes on after its JSON object");
            }
            return value;
        } catch (IOException | IllegalStateException e) {
            throw new IllegalArgumentException("is not the JSON that elbo4j writes", e);
        }
    }

    private Object record(Class<?> type, String path) throws IOException {
        if (json.peek() != JsonToken.BEGIN_OBJECT) {
            throw wrong(path, found(), "a JSON object");
        }
        Map<String, Object> values = new HashMap<>();
        RecordComponent[] components = type.getRecordComponents();
        json.beginObject();
        while (json.hasNext()) {
            String name = json.nextName();
            RecordComponent known = Arrays.stream(components).filter(c -> c.getName().equals(name)).findFirst()
                    .orElse(null);
            if (known == null) {
                json.skipValue();
            } else if (values.put(name, value(known.getGenericType(), path + name)) != null) {
                throw new IllegalArgumentException("has " + path + name + " twice");
            }
        }
        json.endObject();
        return construct(type, path, components, values);
    }

    private Object construct(Class<?> type, String path, RecordComponent[] components, Map<String, Object> values) {
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            arguments[i] = values.getOrDefault(name, defaults.get(path + name));
            if (arguments[i] == null) {
                throw new IllegalArgumentException("lacks " + path + name);
            }
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (InaccessibleObjectException e) {
            throw new IllegalArgumentException("is of " + type.getName() + ", which must be public, in a package that"
                    + " is exported", e);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException("cannot be used: " + path + e.getCause().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record has a constructor of its components", e);
        }
    }

    private Object value(Type type, String path) throws IOException {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return list(list.getActualTypeArguments()[0], path);
        }
        Class<?> declared = (Class<?>) type;
        Class<?> c = open.containsKey(declared) ? open.get(declared) : declared;
        if (c.isRecord()) {
            return record(c, path + ".");
        }
        if (c == boolean.class && json.peek() == JsonToken.BOOLEAN) {
            return json.nextBoolean();
        }
        boolean text = json.peek() == JsonToken.STRING;
        if (json.peek() != JsonToken.NUMBER && !text) {
            throw wrong(path, found(), inWords(c));
        }
        String given = json.nextString();
        Object value = text ? ofText(c, given) : ofNumber(c, given);
        if (value == null) {
            throw wrong(path, Quoted.of(given), inWords(c));
        }
        return value;
    }

    private List<Object> list(Type element, String path) throws IOException {
        if (json.peek() != JsonToken.BEGIN_ARRAY) {
            throw wrong(path, found(), "a JSON array");
        }
        List<Object> values = new ArrayList<>();
        json.beginArray();
        while (json.hasNext()) {
            values.add(value(element, path));
        }
        json.endArray();
        return values;
    }

    /** null if the text is no value of the type. */
    private static @Nullable Object ofText(Class<?> type, String given) {
        if (type == String.class) {
            return given;
        }
        if (type == double.class && given.equals("Infinity")) {
            return Double.POSITIVE_INFINITY;
        }
        if (type == Double.class && given.matches("-?Infinity|NaN")) {
            return Double.valueOf(given);
        }
        return !type.isEnum() ? null : Arrays.stream(type.getEnumConstants())
                .filter(v -> ((Enum<?>) v).name().equals(given)).findFirst().orElse(null);
    }

    private static @Nullable Object ofNumber(Class<?> type, String given) {
        try {
            if (type == int.class || type == Integer.class) {
                return Integer.valueOf(given);
            }
            if (type == long.class || type == Long.class) {
                return Long.valueOf(given);
            }
            return type == double.class || type == Double.class ? Double.valueOf(given) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private String found() throws IOException {
        return switch (json.peek()) {
            case NULL -> "null";
            case BEGIN_OBJECT -> "an object";
            case BEGIN_ARRAY -> "an array";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            default -> "nothing";
        };
    }

    private static String inWords(Class<?> type) {
        if (type.isEnum()) {
            return "one of " + Arrays.stream(type.getEnumConstants()).map(v -> ((Enum<?>) v).name()).toList();
        }
        return type == boolean.class ? "true or false" : type == double.class || type == Double.class ? "a number"
                : type == String.class ? "a string" : "a whole number of " + (type == long.class || type == Long.class
                        ? 64 : 32) + " bits";
    }

    private static IllegalArgumentException wrong(String path, String given, String expected) {
        String name = path.isEmpty() ? "" : path.endsWith(".") ? path.substring(0, path.length() - 1) : path;
        return new IllegalArgumentException("has " + (name.isEmpty() ? "" : name + " = ") + given + ", expected "
                + expected);
    }
}
