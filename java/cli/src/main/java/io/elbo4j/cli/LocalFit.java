package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.train.AmortisationGap;
import io.elbo4j.train.AmortisationGap.LocalSteps;
import io.elbo4j.train.AmortisationGap.Size;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.run.Trained;
import java.util.List;
import java.util.Locale;

/** What an evaluation says of q(z) that is fitted to each row from the encoder's answer on. */
final class LocalFit {
    private final LocalSteps local;
    private final Trained model;
    private final int rows;
    private final Size size;
    private AmortisationGap gap;
    private double encoder;
    private double elbo;

    /** @throws io.elbo4j.ArgumentException if the model has no such q */
    LocalFit(LocalSteps local, Trained model, int rows) {
        this.local = local;
        this.model = model;
        this.rows = rows;
        this.size = AmortisationGap.size(model.model(), rows);
    }

    void run(Console console, Backend backend, Images images, long seed, long draw) {
        gap = Bar.during(console, "local steps", bar -> AmortisationGap.of(model.model(), model.parameters(), backend,
                images, seed, model.checkpoint().standardisation(), draw, local, done -> bar.at(done, rows)));
        encoder = mean(gap.encoder());
        elbo = mean(gap.fitted());
        if (!Double.isFinite(gap.gap())) {
            throw Failure.because("the ELBO of q after " + local.steps() + " local steps is " + elbo
                    + ": a smaller --local-rate than " + local.learningRate() + " may help", null);
        }
    }

    private static double mean(List<ElboTerms> rows) {
        return rows.stream().mapToDouble(ElboTerms::elbo).average().orElseThrow();
    }

    /** @param nll of the same rows; null if it was not asked for */
    String text(Double nll) {
        return String.format(Locale.ROOT, "fitted ELBO       %.4f, from %.4f (%,d local steps of each row, rate %s)%n"
                + "amortisation gap  %.4f%s%s%n"
                + "parameters of q   %,d of the encoder; %,d of a q of each row's own", elbo, encoder, local
                        .steps(), local.learningRate(), gap.gap(), rows == 1 ? "" : String.format(Locale.ROOT,
                                " (standard error %.4f)", gap.error()), nll == null ? "" : String.format(Locale.ROOT,
                                        "%napproximation gap %.4f", -nll - elbo), size.encoder(), size.local());
    }

    void addTo(JsonObject json) {
        json.addProperty("local_steps", local.steps());
        json.addProperty("local_rate", local.learningRate());
        json.addProperty("elbo_encoder", encoder);
        json.addProperty("elbo_fitted", elbo);
        json.addProperty("amortisation_gap", gap.gap());
        if (rows > 1) {
            json.addProperty("amortisation_gap_error", gap.error());
        }
        json.addProperty("encoder_parameters", size.encoder());
        json.addProperty("local_parameters", size.local());
    }
}
