package io.elbo4j.cli;

import io.elbo4j.train.Evaluation;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.TrainingSettings;
import java.util.ArrayList;
import java.util.List;

/** What to say of a posterior that has collapsed, and of one that has recovered: each once, as soon as it is known. */
final class PosteriorNotes {
    /** The variance over fewer rows says little, that of one row is 0. */
    static final int FEWEST_ROWS = 100;
    /** Before, nothing has been learned yet. */
    static final int FEWEST_STEPS = 500;

    private enum Health { WELL, NEARLY_COLLAPSED, COLLAPSED }

    private final TrainingSettings settings;
    private final int rows;
    private Health health = Health.WELL;

    /** @param rows on which the model is evaluated */
    PosteriorNotes(TrainingSettings settings, int rows) {
        this.settings = settings;
        this.rows = rows;
    }

    /**
     * Judges the model after so many steps.
     *
     * @param klWeight of the last step: while it still grows, nothing is said
     * @return a sentence, or nothing if there is no news
     */
    String after(long steps, double klWeight, Evaluation evaluation) {
        if (rows < FEWEST_ROWS || steps < FEWEST_STEPS || klWeight < settings.klWeight()) {
            return "";
        }
        int active = evaluation.activeUnits();
        int latent = evaluation.klPerDimension().size();
        if (latent == 0) {
            return "";
        }
        Health before = health;
        health = active == 0 ? Health.COLLAPSED : active * 10 <= latent ? Health.NEARLY_COLLAPSED : Health.WELL;
        if (health == before) {
            return "";
        }
        String dimensions = active + " of " + latent + " latent dimensions";
        return switch (health) {
            case COLLAPSED -> "note: the posterior has collapsed: no latent dimension depends on the data."
                    + remedies();
            case NEARLY_COLLAPSED -> before == Health.COLLAPSED
                    ? "note: the posterior has recovered in part: " + dimensions + " depend on the data."
                    : "note: the posterior has nearly collapsed: only " + dimensions + " depend on the data."
                            + remedies();
            case WELL -> "note: the posterior has recovered: " + dimensions + " depend on the data.";
        };
    }

    /** What may help and is not in use. */
    private String remedies() {
        List<String> unused = new ArrayList<>();
        boolean weighed = settings.objective().hasKlWeight();
        if (weighed && settings.klWarmUp() == 0) {
            unused.add("--kl-warm-up");
        }
        if (settings.objective() == ObjectiveKind.ELBO && settings.freeBits() == 0) {
            unused.add("--free-bits");
        }
        if (weighed && settings.klWeight() >= 1) {
            unused.add("a smaller --kl-weight");
        }
        if (unused.isEmpty()) {
            return "";
        }
        String last = unused.remove(unused.size() - 1);
        return " " + (unused.isEmpty() ? "" : String.join(", ", unused) + " or ") + last + " may help.";
    }
}
