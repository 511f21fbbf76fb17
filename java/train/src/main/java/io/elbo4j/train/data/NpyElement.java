package io.elbo4j.train.data;

import io.elbo4j.Quoted;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;

/**
 * An element type of a NumPy array that is read here: as its file names it, its kind and bytes as NumPy names them
 * ("f4"), and its byte order. Where a file leaves the order to the machine ('=f4', 'f4', 'float32') it is
 * little-endian: a file means the same everywhere.
 */
record NpyElement(String descr, String kind, ByteOrder order) {
    private static final Set<String> KINDS =
            Set.of("f2", "f4", "f8", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "b1");

    private static final Set<String> LONG_DOUBLES = Set.of("f12", "f16", "float96", "float128", "longdouble", "g");

    /** Other names that numpy.dtype takes, but for those whose size depends on the machine. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("float16", "f2"), Map.entry("half", "f2"), Map.entry("e", "f2"),
            Map.entry("float32", "f4"), Map.entry("single", "f4"), Map.entry("f", "f4"),
            Map.entry("float64", "f8"), Map.entry("double", "f8"), Map.entry("float", "f8"), Map.entry("d", "f8"),
            Map.entry("uint8", "u1"), Map.entry("ubyte", "u1"), Map.entry("B", "u1"),
            Map.entry("int8", "i1"), Map.entry("byte", "i1"), Map.entry("b", "i1"),
            Map.entry("uint16", "u2"), Map.entry("H", "u2"), Map.entry("int16", "i2"), Map.entry("h", "i2"),
            Map.entry("uint32", "u4"), Map.entry("I", "u4"), Map.entry("int32", "i4"), Map.entry("i", "i4"),
            Map.entry("uint64", "u8"), Map.entry("Q", "u8"), Map.entry("int64", "i8"), Map.entry("q", "i8"),
            Map.entry("bool", "b1"), Map.entry("?", "b1"));

    static NpyElement of(String file, String descr) {
        boolean ordered = !descr.isEmpty() && "<>=|".indexOf(descr.charAt(0)) >= 0;
        String name = ordered ? descr.substring(1) : descr;
        String kind = NAMES.getOrDefault(name, name);
        if (!KINDS.contains(kind)) {
            throw new DataException(file + ": has elements of type " + Quoted.of(descr) + meaning(name)
                    + ", expected floating-point numbers ('<f2', '<f4', '<f8'), integers ('|u1' to '<u8', '|i1' to"
                    + " '<i8') or '|b1'");
        }
        return new NpyElement(descr, kind, descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    /** What NumPy's other types are, in words. */
    private static String meaning(String name) {
        if (LONG_DOUBLES.contains(name)) {
            return " (long doubles; x.astype('float64') shortens them)";
        }
        return switch (name.isEmpty() ? 0 : name.charAt(0)) {
            case 'O' -> " (Python objects; x.astype('float32') turns numbers among them into such)";
            case 'c', 'F', 'D' -> " (complex numbers)";
            case 'U', 'S', 'a', 'T' -> " (texts)";
            case 'M' -> " (dates)";
            case 'm' -> " (spans of time)";
            case 'V' -> " (of a type that NumPy itself has not, as bfloat16; x.astype('float32') gives one it has)";
            default -> "";
        };
    }

    int bytes() {
        return kind.charAt(1) - '0';
    }

    boolean isByte() {
        return kind.equals("u1");
    }

    boolean integer() {
        return kind.charAt(0) != 'f';
    }

    double next(ByteBuffer bytes) {
        return switch (kind) {
            case "f2" -> halfToFloat(bytes.getShort());
            case "f4" -> bytes.getFloat();
            case "f8" -> bytes.getDouble();
            case "u1" -> (bytes.get() & 255) / 255f;
            case "u2" -> bytes.getShort() & 0xffff;
            case "u4" -> bytes.getInt() & 0xffffffffL;
            case "u8" -> unsigned(bytes.getLong());
            case "i1" -> bytes.get();
            case "i2" -> bytes.getShort();
            case "i4" -> bytes.getInt();
            case "i8" -> bytes.getLong();
            default -> bytes.get() == 0 ? 0f : 1f;
        };
    }

    /** Good to 53 bits: far beyond what is accepted. */
    private static double unsigned(long bits) {
        return bits >= 0 ? bits : (bits >>> 1) * 2.0;
    }

    /** IEEE 754 binary16 to binary32, exact; Float.float16ToFloat needs Java 20. */
    static float halfToFloat(short half) {
        int exponent = half >> 10 & 31;
        int fraction = half & 0x3ff;
        float magnitude;
        if (exponent == 0) {
            magnitude = fraction * 0x1p-24f;
        } else {
            int rebiased = exponent == 31 ? 255 : exponent + 112;
            magnitude = Float.intBitsToFloat(rebiased << 23 | fraction << 13);
        }
        return half < 0 ? -magnitude : magnitude;
    }
}
