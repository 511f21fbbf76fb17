package io.elbo4j.train.checkpoint;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The JSON header of a safetensors file.
 *
 * @param metadata sorted by key
 * @param entries sorted by offset; they cover the data without gap or overlap
 */
record SafetensorsHeader(TreeMap<String, String> metadata, List<TensorEntry> entries) {
    static final String METADATA = "__metadata__";

    private static final String MARKER = "\"" + Safetensors.CHECKSUM + "\":\"";
    private static final String ZEROS = "0".repeat(64);

    /** 64-bit tensors first, each kind sorted by name. */
    private static final Comparator<TensorEntry> ORDER =
            Comparator.<TensorEntry>comparingInt(t -> -t.dtype().bits())
                    .thenComparing(TensorEntry::name);

    /** The header that elbo4j writes, with a checksum of zeros: only the shapes of the tensors count, in any order. */
    static SafetensorsHeader of(Map<String, String> metadata, List<TensorEntry> tensors) {
        TreeMap<String, String> sorted = new TreeMap<>(metadata);
        sorted.put(Safetensors.CHECKSUM, ZEROS);
        List<TensorEntry> entries = new ArrayList<>();
        long begin = 0;
        for (TensorEntry t : tensors.stream().sorted(ORDER).toList()) {
            long end = begin + t.elements() * t.dtype().bits() / Byte.SIZE;
            entries.add(new TensorEntry(t.name(), t.dtype(), t.shape(), begin, end));
            begin = end;
        }
        return new SafetensorsHeader(sorted, entries);
    }

    Map<String, TensorEntry> byName() {
        return entries.stream().collect(Collectors.toMap(TensorEntry::name, t -> t));
    }

    /** The tensors, where they are in this file, in the order in which elbo4j writes them. */
    List<TensorEntry> inOwnOrder() {
        return entries.stream().sorted(ORDER).toList();
    }

    /** Where the 64 digits of the checksum begin in an encoded header that has one. */
    static int digits(byte[] json) {
        // Latin-1 keeps one character a byte, so the index is that of the bytes.
        return new String(json, StandardCharsets.ISO_8859_1).indexOf(MARKER) + MARKER.length();
    }

    /** Whether {@code json} is {@code own}, an encoded header of elbo4j's, but for the checksum. */
    static boolean isOwn(byte[] json, byte[] own) {
        int digits = digits(own);
        return Arrays.equals(json, 0, Math.min(digits, json.length), own, 0, digits)
                && json.length == own.length
                && Arrays.equals(json, digits + 64, json.length, own, digits + 64, own.length);
    }

    /** The JSON text in UTF-8, padded with spaces to a multiple of 8 bytes so that the data is aligned. */
    ByteBuffer encode() {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            encode(json);
        } catch (IOException e) {
            throw new IllegalStateException("a StringWriter does not fail", e);
        }
        ByteBuffer utf8;
        try {
            utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text.getBuffer()));
        } catch (CharacterCodingException e) {
            throw new CheckpointException(
                    "a tensor's name or the metadata holds half of a surrogate pair, expected Unicode", e);
        }
        byte[] padded = new byte[utf8.remaining() + 7 & -8];
        Arrays.fill(padded, (byte) ' ');
        utf8.get(padded, 0, utf8.remaining());
        return ByteBuffer.wrap(padded);
    }

    private void encode(JsonWriter json) throws IOException {
        json.setHtmlSafe(false);
        json.beginObject().name(METADATA).beginObject();
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            json.name(entry.getKey()).value(entry.getValue());
        }
        json.endObject();
        for (TensorEntry entry : entries) {
            json.name(entry.name()).beginObject().name("dtype").value(entry.dtype().name()).name("shape").beginArray();
            for (long size : entry.shape()) {
                json.value(size);
            }
            json.endArray()
                    .name("data_offsets")
                    .beginArray()
                    .value(entry.begin())
                    .value(entry.end())
                    .endArray()
                    .endObject();
        }
        json.endObject();
    }
}
