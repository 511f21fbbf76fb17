package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataNameTest {
    private static final String ACCEPTED =
            "expected sprites, mnist=DIR, images=DIR, classes=DIR, npy=FILE, npz=FILE or music=FILE, not ";

    @ParameterizedTest
    @ValueSource(strings = {"sprites", "mnist=a", "images=a b", "npy=~/a=b.npy"})
    void whatIsReadIsWrittenAgain(String data) {
        assertEquals(data, DataName.parse(data).toString());
    }

    @Test
    void theKindEndsAtTheFirstSign() {
        assertEquals(new DataName(DataKinds.NPY, "a=b.npy"), DataName.parse("npy=a=b.npy"));
        assertEquals(DataName.SPRITES, DataName.parse("sprites"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "=", "cifar", "cifar=x", "sprites=", "sprites=3", "MNIST=x", "mnist", "npy="})
    void otherNamesAreRefused(String data) {
        assertSentence(ACCEPTED + "'" + data + "'", () -> DataName.parse(data));
    }

    @Test
    void aLongNameIsShownInPart() {
        assertSentence(ACCEPTED + "'" + "x".repeat(100) + "...' (5000 characters)",
                () -> DataName.parse("x".repeat(5000)));
    }

    @Test
    void aPathBelongsToTheKind() {
        assertThrows(IllegalArgumentException.class, () -> new DataName(DataKinds.SPRITES, "a"));
        assertThrows(IllegalArgumentException.class, () -> new DataName(DataKinds.NPY, ""));
    }
}
