package io.elbo4j.train.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Points that the formulas give by hand. */
class ScheduleTest {
    private static void is(Schedule schedule, double... atEveryTenth) {
        for (int i = 0; i < atEveryTenth.length; i++) {
            assertEquals(atEveryTenth[i], schedule.at(10 * i), 1e-15, schedule + " at " + 10 * i);
        }
    }

    @Test
    void points() {
        is(Schedule.constant(0.3), 0.3, 0.3, 0.3);
        is(new WarmUp(20, Schedule.constant(3)), 0, 1.5, 3, 3);
        is(new WarmUp(0, Schedule.constant(3)), 3, 3);
        is(new WarmUp(15, new Staircase(1, 0.5, 10)), 0, 0.5 * 10 / 15, 0.25, 0.125);
        is(new Cyclical(2, 40, 0.5), 0, 1, 2, 2, 0, 1, 2, 2, 0);
        is(new Cyclical(2, 40, 1), 0, 0.5, 1, 1.5, 0);
        is(new Cosine(3, 1, 40), 3, 2 + Math.sqrt(0.5), 2, 2 - Math.sqrt(0.5), 1, 1);
        is(new Staircase(8, 0.5, 20), 8, 8, 4, 4, 2);
    }

    @Test
    void stepsInBetween() {
        Staircase growing = new Staircase(8, 0.5, 3, 1.5);
        long[] ends = {3, 8, 14, 24, 40}; // of stairs of 3, 4.5, 6.75, 10.125 and 15.1875 steps
        for (int stair = 0; stair < ends.length; stair++) {
            assertEquals(8 * Math.pow(0.5, stair), growing.at(ends[stair] - 1), "the last step of stair " + stair);
            assertEquals(4 * Math.pow(0.5, stair), growing.at(ends[stair]), "the step after stair " + stair);
        }
        assertEquals(0, new Staircase(1, 0.5, 1, 1.0001).at(Long.MAX_VALUE));
        assertEquals(0.05, new WarmUp(20, Schedule.constant(1)).at(1), 1e-15);
        assertEquals(8, new Staircase(8, 0.5, 20).at(19));
        assertEquals(2, new Cyclical(2, 40, 0.5).at(39));
    }

    @Test
    void refusals() {
        refused("steps", () -> new WarmUp(-1, Schedule.constant(1)));
        refused("period", () -> new Cyclical(1, 0, 0.5));
        refused("growing", () -> new Cyclical(1, 10, 0));
        refused("steps", () -> new Cosine(1, 0, 0));
        refused("every", () -> new Staircase(1, 0.5, 0));
        refused("growth", () -> new Staircase(1, 0.5, 1, 0.5));
        refused("value", () -> new Cyclical(Double.NaN, 10, 1));
    }

    private static void refused(String argument, Executable wrong) {
        String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
        assertTrue(message.startsWith(argument), message);
    }
}
