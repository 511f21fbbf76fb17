package io.elbo4j.train.checkpoint;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.elbo4j.Quoted;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads and checks the header of a safetensors file as a stream: Gson's tree would swallow duplicate names and recurse
 * on nested ones.
 */
final class HeaderParser {
    private final String file;
    private final List<Dtype> dtypes;
    private final Set<String> names = new HashSet<>();
    private final TreeMap<String, String> metadata = new TreeMap<>();
    private final List<TensorEntry> entries = new ArrayList<>();

    /**
     * @param file for the error messages
     * @param dtypes those that tensors may have
     */
    HeaderParser(String file, List<Dtype> dtypes) {
        this.file = file;
        this.dtypes = dtypes;
    }

    /** @param dataBytes the size of what follows the header */
    SafetensorsHeader parse(byte[] utf8, long dataBytes) {
        try {
            // a decoder of its own reports what is no UTF-8
            JsonReader json = new JsonReader(new InputStreamReader(new ByteArrayInputStream(utf8),
                    StandardCharsets.UTF_8.newDecoder()));
            json.setStrictness(Strictness.STRICT);
            json.beginObject();
            while (json.hasNext()) {
                String name = json.nextName();
                if (!names.add(name)) {
                    throw wrong("the header names " + Quoted.of(name) + " twice, expected every name once");
                }
                if (name.equals(SafetensorsHeader.METADATA)) {
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
                throw wrong("the metadata " + Quoted.of(key) + " is no string, expected one");
            }
            if (metadata.put(key, json.nextString()) != null) {
                throw wrong("the metadata " + Quoted.of(key) + " is there twice, expected once");
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
                throw wrong(name, "the field " + Quoted.of(key) + " is wrong or there twice, expected dtype,"
                        + " shape and data_offsets");
            }
        }
        json.endObject();
        if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
            throw wrong(name, "a field is missing, expected dtype, shape and two data_offsets");
        }
        String given = dtype;
        Dtype known = dtypes.stream().filter(type -> type.name().equals(given)).findFirst()
                .orElseThrow(() -> wrong(name, "has the dtype " + Quoted.of(given) + ", expected one of " + dtypes));
        entries.add(entry(name, known, shape, offsets));
    }

    private TensorEntry entry(String name, Dtype dtype, long[] shape, long[] offsets) {
        long elements = TensorEntry.elements(shape);
        long bytes = offsets[1] - offsets[0];
        int bits = dtype.bits();
        if (elements < 0 || elements > Long.MAX_VALUE / bits || elements * bits % Byte.SIZE != 0
                || bytes != elements * bits / Byte.SIZE) {
            throw wrong(name, String.format("the data offsets %d to %d disagree with the shape %s of %s",
                    offsets[0], offsets[1], TensorEntry.inWords(shape), dtype));
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
                throw wrong(name, "a size or offset is no whole number of 1 to 18 digits");
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
                throw wrong(entry.name(), String.format("its data begins at byte %d, expected %d (%s)", entry.begin(),
                        covered, entry.begin() < covered ? "overlaps another tensor" : "leaves a gap"));
            }
            covered = entry.end();
        }
        if (covered != dataBytes) {
            throw wrong(String.format("holds %d bytes of tensor data, expected %d as its header says (%s)",
                    dataBytes, covered, dataBytes < covered ? "truncated?" : "trailing bytes"));
        }
    }

    private CheckpointException wrong(String tensor, String problem) {
        return wrong("tensor " + Quoted.of(tensor) + ": " + problem);
    }

    private CheckpointException wrong(String problem) {
        return new CheckpointException(file + ": " + problem);
    }
}
