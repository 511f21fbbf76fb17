package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is accepted works: no setting becomes 0 or infinite in float32. */
class TrainingSettingsTest {
    private static final double NONE = Double.POSITIVE_INFINITY;

    private static void refuses(String sentence, double rate, double weight, double warmUp, double bits, double clip) {
        assertEquals(sentence, assertThrows(IllegalArgumentException.class,
                () -> new TrainingSettings(8, rate, weight, warmUp, bits, clip, 0)).getMessage());
    }

    @Test
    void valuesOutsideFloat32AreRefused() {
        refuses("learningRate must be a number above 0 that float32 can hold, not 1.0E-300", 1e-300, 1, 0, 0, NONE);
        refuses("learningRate must be a number above 0 that float32 can hold, not 1.0E300", 1e300, 1, 0, 0, NONE);
        refuses("klWeight must be from 0 to 1e9, not 1.0E10", 1, 1e10, 0, 0, NONE);
        refuses("klWarmUp must be from 0 to 1e9 epochs, not 1.0E30", 1, 1, 1e30, 0, NONE);
        refuses("freeBits must be from 0 to 1e9 nats, not 1.0E300", 1, 1, 0, 1e300, NONE);
        refuses("freeBits must be from 0 to 1e9 nats, not NaN", 1, 1, 0, Double.NaN, NONE);
        String clip = "clip must be above 0, and a number that float32 can hold, or infinite for none, not ";
        refuses(clip + "1.0E-300", 1, 1, 0, 0, 1e-300);
        refuses(clip + "1.0E300", 1, 1, 0, 0, 1e300);
        refuses(clip + "0.0", 1, 1, 0, 0, 0);
        ArgumentException refusal = assertThrows(ArgumentException.class, () -> TrainingSettings.of(0, 1));
        assertEquals(List.of("batch", "at least 1", "0"),
                List.of(refusal.argument(), refusal.expected(), refusal.given()));
        new TrainingSettings(1, Float.MIN_VALUE, 1e9, 1e9, 1e9, Float.MIN_VALUE, 0);
        new TrainingSettings(1, Float.MAX_VALUE, 0, 0, 0, Float.MAX_VALUE, 0);
    }
}
