package io.elbo4j.train.data;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.elbo4j.Quoted;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Polyphonic music as Boulanger-Lewandowski et al. 2012 measure it: a JSON object whose {@code train} and {@code test}
 * are lists of sequences, each a list of steps, each a list of the MIDI notes that sound, {@value #LOWEST} to
 * {@value #HIGHEST}; it may also have a set {@code valid}. A row of the data is a sequence: steps x notes, zeros and
 * ones, as many steps as the longest one of these sets has; the array {@link Images#MASK} has a 1 for each step that
 * the sequence has.
 */
final class MusicFile {
    private static final String TRAIN = "train";
    private static final String TEST = "test";
    private static final String VALID = "valid";
    private static final int LOWEST = 21;
    private static final int HIGHEST = 108;
    private static final int NOTES = HIGHEST - LOWEST + 1;

    private final Path file;
    private final Map<String, List<List<int[]>>> sets = new LinkedHashMap<>();

    private MusicFile(Path file) {
        this.file = file;
    }

    /** @throws DataException if it cannot be read, or is no such file */
    static DataSource read(Path file) {
        return parsed(file).source();
    }

    /**
     * Its set {@code valid}, of as many steps as the longest sequence has.
     *
     * @throws DataException if it cannot be read, is no such file, or has no such set
     */
    static Images validation(Path file) {
        MusicFile music = parsed(file);
        return music.images(VALID, music.longest(VALID, "some of \"valid\" to validate on"));
    }

    private static MusicFile parsed(Path file) {
        MusicFile music = new MusicFile(file);
        try (BufferedReader text = Files.newBufferedReader(file); JsonReader json = new JsonReader(text)) {
            music.readSets(json);
        } catch (MalformedJsonException | EOFException | CharacterCodingException e) {
            throw new DataException(file + ": is not JSON" + place(e) + ", expected sets of sequences of notes", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + DataException.reason(e), e);
        }
        return music;
    }

    /** Where it ends to be JSON; the parser's own words are for programmers. */
    private static String place(IOException e) {
        Matcher place = Pattern.compile("at line \\d+ column \\d+").matcher(String.valueOf(e.getMessage()));
        return place.find() ? " " + place.group() : "";
    }

    private DataSource source() {
        String expected = "some of \"train\" and some of \"test\"";
        int steps = Math.max(longest(TRAIN, expected), longest(TEST, expected));
        steps = Math.max(steps, length(sets.getOrDefault(VALID, List.of())));
        List<String> notes = new ArrayList<>();
        sets.forEach((name, sequences) -> {
            if (!name.equals(TRAIN) && !name.equals(TEST)) {
                notes.add(file + ": the " + sequences.size() + " sequences of " + Quoted.of(name) + (name.equals(VALID)
                        ? " are neither trained nor tested on; as validation data they are used"
                        : " are left aside"));
            }
        });
        return new DataSource(images(TRAIN, steps), images(TEST, steps), notes);
    }

    private int longest(String set, String expected) {
        List<List<int[]>> sequences = sets.getOrDefault(set, List.of());
        if (sequences.isEmpty()) {
            throw new DataException(file + ": has no sequences " + Quoted.of(set) + ", expected " + expected);
        }
        return length(sequences);
    }

    private static int length(List<List<int[]>> sequences) {
        return sequences.stream().mapToInt(List::size).max().orElse(0);
    }

    private Images images(String set, int steps) {
        List<List<int[]>> sequences = sets.get(set);
        String name = file + " (" + set + ")";
        float[] x = new float[Math.multiplyExact(Math.multiplyExact(sequences.size(), steps), NOTES)];
        float[] mask = new float[sequences.size() * steps];
        for (int i = 0; i < sequences.size(); i++) {
            List<int[]> sequence = sequences.get(i);
            for (int t = 0; t < sequence.size(); t++) {
                mask[i * steps + t] = 1;
                for (int note : sequence.get(t)) {
                    x[(i * steps + t) * NOTES + note - LOWEST] = 1;
                }
            }
        }
        return new Images(name, sequences.size(), steps, NOTES, 1, x).with(Images.MASK, new Images(name + " mask",
                sequences
                        .size(), 1, steps, 1, mask));
    }

    private void readSets(JsonReader json) throws IOException {
        require(json, JsonToken.BEGIN_OBJECT, "an object of sets of sequences");
        json.beginObject();
        while (json.hasNext()) {
            String set = json.nextName();
            if (sets.put(set, sequences(json)) != null) {
                throw new DataException(file + ": has " + Quoted.of(set) + " twice");
            }
        }
        json.endObject();
        require(json, JsonToken.END_DOCUMENT, "its end");
    }

    private List<List<int[]>> sequences(JsonReader json) throws IOException {
        List<List<int[]>> all = new ArrayList<>();
        require(json, JsonToken.BEGIN_ARRAY, "a list of sequences");
        json.beginArray();
        while (json.hasNext()) {
            List<int[]> sequence = new ArrayList<>();
            require(json, JsonToken.BEGIN_ARRAY, "a list of steps");
            json.beginArray();
            while (json.hasNext()) {
                sequence.add(step(json));
            }
            json.endArray();
            if (sequence.isEmpty()) {
                throw new DataException(file + ": has an empty sequence at " + json.getPath()
                        + ", expected at least one step");
            }
            all.add(sequence);
        }
        json.endArray();
        return all;
    }

    private int[] step(JsonReader json) throws IOException {
        List<Integer> notes = new ArrayList<>();
        require(json, JsonToken.BEGIN_ARRAY, "a list of notes");
        json.beginArray();
        while (json.hasNext()) {
            require(json, JsonToken.NUMBER, "a note");
            String path = json.getPath();
            String number = json.nextString();
            if (!number.matches("\\d{1,3}") || Integer.parseInt(number) < LOWEST || Integer.parseInt(
                    number) > HIGHEST) {
                throw new DataException(file + ": has " + number + " at " + path + ", expected a MIDI note from "
                        + LOWEST + " to " + HIGHEST);
            }
            notes.add(Integer.parseInt(number));
        }
        json.endArray();
        return notes.stream().mapToInt(i -> i).toArray();
    }

    private void require(JsonReader json, JsonToken token, String expected) throws IOException {
        if (json.peek() != token) {
            throw new DataException(file + ": has "
                    + json.peek().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                    + " at " + json.getPath() + ", expected " + expected);
        }
    }
}
