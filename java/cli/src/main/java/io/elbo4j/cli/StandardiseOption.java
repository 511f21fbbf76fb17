package io.elbo4j.cli;

import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Range;
import io.elbo4j.train.data.Standardisation.Kind;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Models;
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
    Kind kind(Record model) {
        Kind kind = Objects.requireNonNullElse(given, Kind.NONE);
        Optional<Distribution> bounded = Inputs.bounded(Models.create(model).graph());
        if (kind != Kind.NONE && bounded.isPresent()) {
            throw Failure.usage("--standardise " + Names.of(kind) + " goes with a likelihood of any numbers, as a"
                    + " Gaussian's, not with the " + bounded.get().inWords()
                    + " likelihood, which needs values " + bounded.get().support());
        }
        return kind;
    }

    /** Refuses an option that contradicts a run that is resumed. */
    void check(Kind stored, long columns, Agreement agreement) {
        boolean same = columns == 1 && given == Kind.COLUMN && stored == Kind.WHOLE;
        agreement.check("--standardise", same ? Kind.WHOLE : given, stored);
    }

    /** What to say of the data before training; empty if its values suit the model. */
    static String note(Images images, Record model, Kind kind) {
        return advice(images, model, kind).map(range -> "note: " + range + ", which a Gaussian likelihood may not bear:"
                + " --standardise column or whole scales them").orElse("");
    }

    /** What to add to a number that is not finite; empty if the data is not to blame. */
    static Optional<String> hint(Images images, Record model, Kind kind) {
        return advice(images, model, kind).map(range -> ". Note that " + range
                + ": --standardise column or whole scales them");
    }

    private static Optional<String> advice(Images images, Record model, Kind kind) {
        Graph graph = Models.create(model).graph();
        if (kind != Kind.NONE || Inputs.bounded(graph).isPresent() || Inputs.columns(graph, Images.MASK) > 0) {
            return Optional.empty();
        }
        // this goes over all data
        return Optional.of(Range.of(images)).filter(Range::isWide).map(Range::inWords);
    }
}
