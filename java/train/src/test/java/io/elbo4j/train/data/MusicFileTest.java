package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MusicFileTest {
    @TempDir
    Path dir;

    private Path file;

    @BeforeEach
    void name() {
        file = dir.resolve("music.json");
    }

    private DataSource read(String json) throws IOException {
        Files.writeString(file, json);
        return DataSource.read(DataName.parse("music=" + file), Set.of(Images.X, Images.MASK), ReadProgress.NONE);
    }

    @Test
    void notesAreZerosAndOnesAndTheMaskSaysWhereASequenceEnds() throws IOException {
        DataSource data = read("{\"test\": [[[60], [], [108, 21, 60]]], \"train\": [[[21]], [[22, 22], [108]]],"
                + " \"valid\": [[[30]]]}");
        assertEquals(List.of(2, 3, 88, 1), List.of(data.train().rows(), data.train().height(), data.train().width(),
                data.train().channels()));
        assertEquals(1, data.test().rows());
        float[] expected = new float[2 * 3 * 88];
        expected[0] = 1;
        expected[3 * 88 + 1] = 1;
        expected[4 * 88 + 87] = 1;
        assertArrayEquals(expected, data.train().copyRows(0, 2));
        float[] test = new float[3 * 88];
        test[39] = 1;
        test[2 * 88] = 1;
        test[2 * 88 + 39] = 1;
        test[2 * 88 + 87] = 1;
        assertArrayEquals(test, data.test().copyRows(0, 1));
        assertArrayEquals(new float[] {1, 0, 0, 1, 1, 0}, data.train().array(Images.MASK).copyRows(0, 2));
        assertArrayEquals(new float[] {1, 1, 1}, data.test().array(Images.MASK).copyRows(0, 1));
        assertEquals(List.of(file + ": the 1 sequences of 'valid' are neither trained nor tested on; as validation data"
                + " they are used"), data.notes());
    }

    @Test
    void aThirdSetValidates() throws IOException {
        String json = "{\"test\": [[[60]]], \"train\": [[[21]]], \"valid\": [[[30], [31]], [[108]]], \"more\": []}";
        DataSource data = read(json);
        // whoever validates on it later has the same model
        assertEquals(2, data.train().height());
        assertEquals(file + ": the 0 sequences of 'more' are left aside", data.notes().get(1));
        Images valid = Validation.read(DataName.parse("music=" + file), Set.of(Images.X, Images.MASK), false,
                new ArrayList<>(), ReadProgress.NONE);
        float[] expected = new float[2 * 2 * 88];
        expected[9] = 1;
        expected[88 + 10] = 1;
        expected[2 * 88 + 87] = 1;
        assertArrayEquals(expected, valid.copyRows(0, 2));
        assertArrayEquals(new float[] {1, 1, 1, 0}, valid.array(Images.MASK).copyRows(0, 2));
        assertSentence(file + ": has no sequences 'valid', expected some of \"valid\" to validate on", () -> {
            Files.writeString(file, "{\"test\": [[[60]]], \"train\": [[[21]]]}");
            Validation.read(DataName.parse("music=" + file), Set.of(Images.MASK), false, new ArrayList<>(),
                    ReadProgress.NONE);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "[] | has begin array at $, expected an object of sets of sequences",
            "{'train': [[[60]]]} | has no sequences 'test', expected some of 'train' and some of 'test'",
            "{'train': [], 'test': [[[60]]]} | has no sequences 'train', expected some of 'train' and some of 'test'",
            "{'train': 7} | has number at $.train, expected a list of sequences",
            "{'train': [7]} | has number at $.train[0], expected a list of steps",
            "{'train': [[7]]} | has number at $.train[0][0], expected a list of notes",
            "{'train': [[]]} | has an empty sequence at $.train[1], expected at least one step",
            "{'train': [[['a']]]} | has string at $.train[0][0][0], expected a note",
            "{'train': [[[20]]]} | has 20 at $.train[0][0][0], expected a MIDI note from 21 to 108",
            "{'train': [[[60, 109]]]} | has 109 at $.train[0][0][1], expected a MIDI note from 21 to 108",
            "{'train': [[[60.5]]]} | has 60.5 at $.train[0][0][0], expected a MIDI note from 21 to 108",
            "{'train': [[[60]]], 'train': [[[60]]]} | has 'train' twice"})
    void whatIsWrongIsNamedByItsPlace(String json, String sentence) {
        assertSentence(file + ": " + sentence, () -> {
            try {
                read(json.replace('\'', '"'));
            } catch (DataException e) {
                throw new DataException(e.getMessage().replace('"', '\''));
            }
        });
    }

    @Test
    void whatIsNoJsonIsRefused() throws IOException {
        for (String text : new String[] {"", "{\"train\": [[[60]", "{\"train\": [[[60]]], \"test\": [[[61]]]} 7"}) {
            Files.writeString(file, text);
            String message = org.junit.jupiter.api.Assertions.assertThrows(DataException.class, () -> DataSource.parse(
                    "music=" + file)).getMessage();
            org.junit.jupiter.api.Assertions.assertTrue(message.startsWith(file + ": "), message);
        }
        Files.writeString(file, "{\n  train: [[[60]]]}");
        assertSentence(file + ": is not JSON at line 2 column 4, expected sets of sequences of notes", () -> DataSource
                .parse("music=" + file));
        assertSentence(dir.resolve("none") + ": cannot be read: no such file or directory", () -> DataSource.parse(
                "music=" + dir.resolve("none")));
    }
}
