package io.elbo4j.train.checkpoint;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The JSON header of a safetensors file.
 *
 * @param metadata sorted by key
 * @param entries sorted by offset; they cover the data without gap or overlap
 */
record SafetensorsHeader(TreeMap<String, String> metadata, List<TensorEntry> entries) {
    static final String METADATA = "__metadata__";

    /** The JSON text in UTF-8, padded with spaces to a multiple of 8 bytes so that the data is aligned. */
    ByteBuffer encode() throws IOException {
        StringWriter text = new StringWriter();
        JsonWriter json = new JsonWriter(text);
        json.setHtmlSafe(false);
        json.beginObject().name(METADATA).beginObject();
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            json.name(entry.getKey()).value(entry.getValue());
        }
        json.endObject();
        for (TensorEntry entry : entries) {
            json.name(entry.name()).beginObject().name("dtype").value(entry.dtype()).name("shape").beginArray();
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
        json.endObject().close();
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

    /**
     * Reads and checks a header.
     *
     * @param file for the error messages
     * @param dataBytes the size of what follows the header
     */
    static SafetensorsHeader parse(String file, byte[] utf8, long dataBytes) {
        return new Parser(file).parse(utf8, dataBytes);
    }

    /** A streaming parser: Gson's tree would swallow duplicate names and recurse on nested ones. */
    private static final class Parser {
        private final String file;
        private final Set<String> names = new HashSet<>();
        private final TreeMap<String, String> metadata = new TreeMap<>();
        private final List<TensorEntry> entries = new ArrayList<>();

        Parser(String file) {
            this.file = file;
        }

        SafetensorsHeader parse(byte[] utf8, long dataBytes) {
            try {
                String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
                JsonReader json = new JsonReader(new StringReader(text));
                json.setStrictness(Strictness.STRICT);
                json.beginObject();
                while (json.hasNext()) {
                    String name = json.nextName();
                    if (!names.add(name)) {
                        throw wrong("the header names '" + name + "' twice, expected every name once");
                    }
                    if (name.equals(METADATA)) {
                        metadata(json);
                    } else {
                        tensor(json, name);
                    }
                }
                json.endObject();
                if (json.peek() != JsonToken.END_DOCUMENT) {
                    throw wrong("the header goes on after its JSON object, expected only spaces");
                }
            } catch (CharacterCodingException | MalformedJsonException | EOFException | IllegalStateException e) {
                throw new CheckpointException(
                        file + ": the header is not the JSON of a safetensors file (damaged?)", e);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            checkOffsets(dataBytes);
            return new SafetensorsHeader(metadata, entries);
        }

        private void metadata(JsonReader json) throws IOException {
            json.beginObject();
            while (json.hasNext()) {
                String key = json.nextName();
                if (json.peek() != JsonToken.STRING) {
                    throw wrong("the metadata '" + key + "' is no string, expected one");
                }
                if (metadata.put(key, json.nextString()) != null) {
                    throw wrong("the metadata '" + key + "' is there twice, expected once");
                }
            }
            json.endObject();
        }

        private void tensor(JsonReader json, String name) throws IOException {
            String dtype = null;
            long[] shape = null;
            long[] offsets = null;
            json.beginObject();
            while (json.hasNext()) {
                String key = json.nextName();
                if (key.equals("dtype") && dtype == null && json.peek() == JsonToken.STRING) {
                    dtype = json.nextString();
                } else if (key.equals("shape") && shape == null) {
                    shape = integers(json, name);
                } else if (key.equals("data_offsets") && offsets == null) {
                    offsets = integers(json, name);
                } else {
                    throw wrong("tensor " + name + ": the field '" + key + "' is wrong or there twice,"
                            + " expected dtype, shape and data_offsets");
                }
            }
            json.endObject();
            if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
                throw wrong("tensor " + name + ": a field is missing, expected dtype, shape and two data_offsets");
            }
            if (!TensorEntry.isKnown(dtype)) {
                throw wrong("tensor " + name + ": has the dtype " + dtype + ", expected F32, I64 or U64");
            }
            entries.add(entry(name, dtype, shape, offsets));
        }

        private TensorEntry entry(String name, String dtype, long[] shape, long[] offsets) {
            long elements = TensorEntry.elements(shape);
            long bytes = offsets[1] - offsets[0];
            int size = TensorEntry.bytesOf(dtype);
            if (elements < 0 || elements > Long.MAX_VALUE / size || bytes != elements * size) {
                throw wrong(String.format("tensor %s: the data offsets %d to %d disagree with the shape %s of %s",
                        name, offsets[0], offsets[1], Arrays.toString(shape), dtype));
            }
            if (elements > Integer.MAX_VALUE - 8) {
                throw wrong(String.format("tensor %s: holds %d values, expected at most %d",
                        name, elements, Integer.MAX_VALUE - 8));
            }
            return new TensorEntry(name, dtype, shape, offsets[0], offsets[1]);
        }

        private long[] integers(JsonReader json, String name) throws IOException {
            List<Long> values = new ArrayList<>();
            json.beginArray();
            while (json.hasNext()) {
                String digits = json.peek() == JsonToken.NUMBER ? json.nextString() : "";
                // 18 digits always fit a long.
                if (!digits.matches("[0-9]{1,18}")) {
                    throw wrong("tensor " + name + ": a size or offset is no whole number of 1 to 18 digits");
                }
                values.add(Long.parseLong(digits));
            }
            json.endArray();
            return values.stream().mapToLong(Long::longValue).toArray();
        }

        private void checkOffsets(long dataBytes) {
            entries.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
            long covered = 0;
            for (TensorEntry entry : entries) {
                if (entry.begin() != covered) {
                    throw wrong(String.format("tensor %s: its data begins at byte %d, expected %d (%s)", entry.name(),
                            entry.begin(), covered,
                            entry.begin() < covered ? "overlaps another tensor" : "leaves a gap"));
                }
                covered = entry.end();
            }
            if (covered != dataBytes) {
                throw wrong(String.format("holds %d bytes of tensor data, expected %d as its header says (%s)",
                        dataBytes, covered, dataBytes < covered ? "truncated?" : "trailing bytes"));
            }
        }

        private CheckpointException wrong(String problem) {
            return new CheckpointException(file + ": " + problem);
        }
    }
}
