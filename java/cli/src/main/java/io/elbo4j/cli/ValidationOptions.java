package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.train.HeldOut;
import io.elbo4j.train.data.DataName;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.Validation;
import io.elbo4j.train.run.RunPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** What a run is evaluated on instead of the test set. An option not given is null. */
final class ValidationOptions {
    private static final String OPTION = "--validation-data";

    @Option(names = "--validation", paramLabel = "X", description = {
            "this share of the training rows, above 0 and below 1, drawn by --seed, is not trained on, and the run is"
                    + " evaluated on it instead of the test set",
            "(not; with --resume as before)"})
    private Double share;

    @Option(names = OPTION, paramLabel = "DATA", description = {
            "other data, as --data has it, that the run is evaluated on instead of the test set: all rows of images=DIR"
                    + " and npy=FILE, the set \"valid\" of music=FILE, the test set of mnist=DIR",
            "(none; with --resume as before)"})
    private DataName data;

    void check() {
        if (share != null && data != null) {
            throw Failure.usage("--validation " + share + " and " + OPTION + " " + Quoted.of(data)
                    + " are mutually exclusive: give one of them");
        }
        if (share != null && !(share > 0 && share < 1)) {
            throw Failure.usage("--validation must be above 0 and below 1, not " + share);
        }
    }

    /** Refuses another kind of set than that of a run that is resumed; data may lie elsewhere now. */
    void check(RunPlan plan, Agreement agreement) {
        if (share != null && plan.validation() > 0) {
            agreement.check("--validation", share, plan.validation());
        } else if (share != null) {
            throw contradiction("--validation " + share, plan.validationData() == null ? "without" : "with " + OPTION
                    + " " + plan.validationData(), agreement);
        }
        if (data != null && plan.validationData() == null) {
            throw contradiction(OPTION + " " + Quoted.of(data), plan.validation() == 0 ? "without" : "with"
                    + " --validation " + plan.validation(), agreement);
        }
    }

    private static Failure contradiction(String given, String own, Agreement agreement) {
        return Failure.usage(given + " contradicts " + agreement.file() + ", which is of a run " + own
                + ": leave the option out, or start another run");
    }

    /**
     * Takes what a run was started with, where nothing was given.
     *
     * @param file in which it stands
     */
    ValidationOptions orElse(RunPlan plan, Path file) {
        share = plan.validation() > 0 ? (Double) plan.validation() : null;
        if (data == null && plan.validationData() != null) {
            data = DataOptions.name(plan.validationData(), file, OPTION);
        }
        return this;
    }

    /** Refuses the run's own data: an epoch would be chosen by rows that it was trained or is tested on. */
    void requireOther(DataName own) {
        if (data != null) {
            Names.checked(() -> {
                Validation.requireOther(own, data);
                return data;
            });
        }
    }

    /** Says of copies what {@link #requireOther} refuses. */
    void note(Console console, DataSource all, Images own, DataSource in) {
        if (own == null) {
            return;
        }
        note(console, in, all.train(), "trained on, too: what is chosen by them is not chosen by new data");
        note(console, in, all.test(), "rows of the test set, too: what is chosen by them is not tested by new data");
    }

    private static void note(Console console, DataSource in, Images others, String are) {
        int count = Validation.among(in.test(), others);
        if (count > 0) {
            console.err().println("note: " + count + " of the " + in.test().rows() + " rows of " + OPTION + " are "
                    + are);
        }
    }

    void requireNoRun(Path folder) {
        DataOptions.requireNoRun(folder, OPTION, data);
    }

    /**
     * Reads the data of its own; what is left aside is said on standard error. To be closed.
     *
     * @param own how the run's data is read
     * @param table which that is
     * @return null if there is none
     */
    Images read(Console console, Set<String> arrays, DataOptions own, Table table) {
        if (data == null) {
            return null;
        }
        List<String> notes = new ArrayList<>();
        Images rows = Bar.during(console, "reading " + data.kind(), bar -> Validation.read(data, own.requestLike(table,
                data.kind(), arrays, bar::at), notes));
        notes.forEach(note -> console.err().println("note: " + Quoted.line(note)));
        return rows;
    }

    /**
     * What a run trains on and is evaluated on.
     *
     * @param own what was read; null for none
     */
    DataSource in(DataSource all, Images own, long seed) {
        return Names.checked(() -> own != null ? Validation.of(all, own) : share != null ? HeldOut.of(all, share, seed)
                : all);
    }

    /** The plan with what was given. */
    RunPlan in(RunPlan plan) {
        return data != null ? plan.withValidationData(DataOptions.absolute(data))
                : share != null ? plan.withValidation(share) : plan;
    }
}
