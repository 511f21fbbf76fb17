package io.elbo4j.control.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Fork;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.TimeLimit;
import org.junit.jupiter.api.Test;

class EpisodesTest {
    /** Without a limit some end by themselves; one that does not would never be done. */
    @Test
    void episodesThatDoNotEndAreRefused() {
        Policy still = (seen, actions) -> {};
        assertEquals(1, Returns.of(still, new Fork(), 1).ofEpisodes().length);
        Environment endless = new TimeLimit(new Pendulum(), 0);
        assertEquals(
                "environment must be one whose episodes end within 100000 steps, or with a TimeLimit, not pendulum",
                assertThrows(ArgumentException.class, () -> Returns.of(still, endless, 1)).getMessage());
    }
}
