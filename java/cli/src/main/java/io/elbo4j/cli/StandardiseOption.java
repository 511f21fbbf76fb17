package io.elbo4j.cli;

import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Range;
import io.elbo4j.train.data.Standardisation.Kind;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether data is standardised. An option not given is null: it contradicts no checkpoint. */
final class StandardiseOption {
    @Option(names = "--standardise", paramLabel = "NAME", description = {
            "column: the model sees values minus their column's mean over its standard deviation, those of the training"
                    + " data; whole: one mean and deviation of all values; none: values as they are (none). With a"
                    + " Gaussian"
                    + " likelihood. Log-likelihoods, pictures and arrays are of the data as given"})
    private Kind given;

    /** What is asked for; refused with a likelihood that cannot take it. */
    Kind kind(VaeSettings model) {
        Kind kind = Objects.requireNonNullElse(given, Kind.NONE);
        if (kind != Kind.NONE && model.likelihood() == LikelihoodKind.BERNOULLI) {
            throw Failure.usage("--standardise " + Names.of(kind) + " goes with --likelihood gaussian, gaussian-shared"
                    + " or gaussian-fixed, not with "
                    + Names.of(model.likelihood()) + ", which needs values in [0, 1]");
        }
        return kind;
    }

    /** Refuses an option that contradicts a run that is resumed. */
    void check(Kind stored, long columns, Agreement agreement) {
        boolean same = columns == 1 && given == Kind.COLUMN && stored == Kind.WHOLE;
        agreement.check("--standardise", same ? Kind.WHOLE : given, stored);
    }

    /** What to say of the data before training; empty if its values suit the model. */
    static String note(Images images, VaeSettings model, Kind kind) {
        return advice(images, model, kind).map(range -> "note: " + range + ", which a Gaussian likelihood may not bear:"
                + " --standardise column or whole scales them").orElse("");
    }

    /** What to add to a number that is not finite; empty if the data is not to blame. */
    static Optional<String> hint(Images images, VaeSettings model, Kind kind) {
        return advice(images, model, kind).map(range -> ". Note that " + range
                + ": --standardise column or whole scales them");
    }

    private static Optional<String> advice(Images images, VaeSettings model, Kind kind) {
        if (model.likelihood() == LikelihoodKind.BERNOULLI || kind != Kind.NONE) {
            return Optional.empty();
        }
        // this goes over all data
        return Optional.of(Range.of(images)).filter(Range::isWide).map(Range::inWords);
    }
}
