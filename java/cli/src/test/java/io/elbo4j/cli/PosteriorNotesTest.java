package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.Evaluation;
import io.elbo4j.train.TrainingSettings;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PosteriorNotesTest {
    private static final TrainingSettings PLAIN = TrainingSettings.of(8, 0);

    /** An evaluation that finds so many of ten latent dimensions active. */
    private static Evaluation active(int units) {
        return new Evaluation(new ElboTerms(-1, 0), Collections.nCopies(10, 0.0), units);
    }

    private static String first(TrainingSettings settings, int rows, long steps, double klWeight) {
        return new PosteriorNotes(settings, rows).after(steps, klWeight, active(0));
    }

    @Test
    void aCollapseIsJudgedOnEnoughRowsAndStepsAtTheFullWeightOfTheKl() {
        assertTrue(first(PLAIN, 100, 500, 1).startsWith("note: the posterior has collapsed"));
        assertEquals("", first(PLAIN, 99, 500, 1));
        assertEquals("", first(PLAIN, 1, 100_000, 1));
        assertEquals("", first(PLAIN, 100, 499, 1));
        assertEquals("", first(PLAIN.withKlWarmUp(9), 100, 500, 0.99));
        assertTrue(first(PLAIN.withKlWarmUp(9), 100, 500, 1).contains("collapsed"));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0, ' --kl-warm-up, --free-bits or a smaller --kl-weight may help.'",
            "4, 5, 0, ' --free-bits or a smaller --kl-weight may help.'", "0.5, 5, 0, ' --free-bits may help.'",
            "0.5, 0, 0.1, ' --kl-warm-up may help.'", "2, 5, 0.1, ' a smaller --kl-weight may help.'",
            "0.5, 5, 0.1, ''"})
    void nothingInUseIsAdvised(double klWeight, double warmUp, double freeBits, String advice) {
        TrainingSettings settings = PLAIN.withKlWeight(klWeight).withKlWarmUp(warmUp).withFreeBits(freeBits);
        assertEquals("note: the posterior has collapsed: no latent dimension depends on the data." + advice,
                first(settings, 100, 500, klWeight));
    }

    @Test
    void aNoteIsSaidOnceAndTakenBack() {
        PosteriorNotes notes = new PosteriorNotes(PLAIN, 100);
        assertEquals("", notes.after(500, 1, active(2)));
        assertTrue(notes.after(501, 1, active(1)).startsWith("note: the posterior has nearly collapsed: only 1 of 10"));
        assertEquals("", notes.after(502, 1, active(1)));
        assertTrue(notes.after(503, 1, active(0)).startsWith("note: the posterior has collapsed"));
        assertEquals("note: the posterior has recovered in part: 1 of 10 latent dimensions depend on the data.",
                notes.after(504, 1, active(1)));
        assertEquals("note: the posterior has recovered: 8 of 10 latent dimensions depend on the data.",
                notes.after(505, 1, active(8)));
        assertEquals("", notes.after(506, 1, active(9)));
    }
}
