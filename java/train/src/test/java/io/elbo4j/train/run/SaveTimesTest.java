package io.elbo4j.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SaveTimesTest {
    private long now = Long.MAX_VALUE - 5;

    private SaveTimes times(String every) {
        return new SaveTimes(every == null ? null : CheckpointEvery.of(every), () -> now);
    }

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void unlessAskedOtherwiseWithEveryEvaluationAndAfterTenMinutes() {
        SaveTimes times = times(null);
        assertTrue(times.due(1, true));
        pass(599);
        assertFalse(times.due(2, false));
        pass(1);
        assertTrue(times.due(3, false));
        times.saved();
        pass(599);
        assertFalse(times.due(4, false));
    }

    @Test
    void afterMinutesWhateverIsEvaluated() {
        SaveTimes times = times("3min");
        pass(179);
        assertFalse(times.due(1, true));
        pass(1);
        assertTrue(times.due(1, false));
        times.saved();
        assertFalse(times.due(2, true));
    }

    @Test
    void afterStepsCountedFromTheRunsBeginning() {
        SaveTimes times = times("5steps");
        pass(100_000);
        for (long step = 1; step < 20; step++) {
            assertEquals(step == 5 || step == 10 || step == 15, times.due(step, true));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1min", "999999999min", "500steps"})
    void whatIsWrittenIsReadAgain(String every) {
        assertEquals(every, CheckpointEvery.of(every).toString());
        assertEquals("1steps", CheckpointEvery.of("1step").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "min", "0min", "-1min", "1.5min", "10 min", "10m", "10minutes", "0steps",
            "9999999999steps", "\u0661min"})
    void otherFormsAreRefused(String every) {
        String message = assertThrows(IllegalArgumentException.class, () -> CheckpointEvery.of(every)).getMessage();
        assertTrue(message.startsWith("expected "), message);
    }
}
