package io.elbo4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which launches must wait for which; and that a launch does each item once. */
class LaunchTest {
    private final Backend backend = Backends.open("java", 2);
    private final Matrix m = backend.matrix(8, 6);

    @AfterEach
    void close() {
        backend.close();
    }

    private Launch over(long items) {
        return Launch.of("test", backend, items);
    }

    private boolean waits(Launch later, Launch earlier) {
        return later.mustWaitFor(earlier);
    }

    @Test
    void rowWiseAccessesOfTheSameItemsDoNotWait() {
        assertFalse(waits(over(8).reads(m), over(8).writes(m)));
        assertFalse(waits(over(8).writes(m), over(8).reads(m)));
        assertFalse(waits(over(8).writes(m), over(8).writes(m)));
        assertFalse(waits(over(8).reads(m.columns(2, 6)), over(8).writes(m.columns(0, 4))));
    }

    @Test
    void severalRowsAnItemAreOneWindow() {
        assertFalse(waits(over(4).reads(m), over(4).writes(m)));
        assertFalse(waits(over(4).reads(m.reshape(4, 12)), over(4).writes(m)));
        assertTrue(waits(over(4).reads(m), over(8).writes(m)));
    }

    @Test
    void readingWhatOtherItemsWroteWaits() {
        assertTrue(waits(over(8).readsAll(m), over(8).writes(m)));
        assertTrue(waits(over(8).writes(m), over(8).readsAll(m)));
        assertTrue(waits(over(6).readsAll(m), over(8).writes(m)));
        assertTrue(waits(over(7).reads(m.rows(1, 8)), over(7).writes(m.rows(0, 7))));
        assertTrue(waits(over(3).reads(m), over(3).writes(m)), "8 rows are no multiple of 3 items");
    }

    @Test
    void shiftedWindowsWait() {
        Matrix line = m.reshape(48, 1);
        assertTrue(waits(over(47).reads(line.rows(1, 48)), over(47).writes(line.rows(0, 47))));
        assertTrue(waits(over(8).reads(m), over(8).writes(m.reshape(16, 3).rows(1, 9))));
    }

    @Test
    void readersDoNotWaitForReadersNorApartForApart() {
        assertFalse(waits(over(6).readsAll(m), over(8).reads(m)));
        assertFalse(waits(over(6).readsAll(m.rows(0, 4)), over(4).writes(m.rows(4, 8))));
        assertFalse(waits(over(8).readsAll(backend.matrix(8, 6)), over(8).writes(m)));
        assertFalse(waits(over(8).readsAll(m.rows(3, 3)), over(8).writes(m)));
    }

    @Test
    void aRepeatedRowIsReadByAll() {
        assertTrue(waits(over(8).reads(m.rows(0, 1).repeatRow(8)), over(1).writes(m.rows(0, 1))));
        assertTrue(waits(over(8).reads(m.rows(0, 1).repeatRow(8)), over(8).writes(m)));
    }

    @Test
    void nullsArePassedOver() {
        assertFalse(over(8).reads(null, m, null).readsAll((Matrix) null).writes((Matrix) null).mustWaitFor(
                over(8).writes(m)));
    }

    @Test
    void anotherBackendAndClosedMemoryAreRefused() {
        try (Backend other = Backends.open("java", 1)) {
            Matrix foreign = other.matrix(8, 6);
            String message = assertThrows(IllegalArgumentException.class, () -> over(8).reads(m, foreign))
                    .getMessage();
            assertTrue(message.contains("test: all matrices must be on one backend"), message);
        }
        m.close();
        assertThrows(IllegalStateException.class, () -> over(8).reads(m));
    }

    @Test
    void everyItemRunsOnce() {
        for (int threads = 1; threads <= 3; threads++) {
            for (int items : new int[] {0, 1, 2, 3, 31, 32, 33, 1009}) {
                AtomicIntegerArray runs = new AtomicIntegerArray(items);
                try (Backend b = Backends.open("java", threads)) {
                    Launch.of("count", b, items).nanosPerItem(1e6).blockItems(7).body((begin, end) -> {
                        for (long i = begin; i < end; i++) {
                            runs.incrementAndGet((int) i);
                        }
                    }).run();
                }
                for (int i = 0; i < items; i++) {
                    assertEquals(1, runs.get(i), "item " + i + " of " + items + " on " + threads + " threads");
                }
            }
        }
    }
}
