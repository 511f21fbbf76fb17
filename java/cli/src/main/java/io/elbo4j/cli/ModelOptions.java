package io.elbo4j.cli;

import io.elbo4j.Activation;
import io.elbo4j.Quoted;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The shape of the model. An option not given is null: it contradicts no checkpoint. */
final class ModelOptions {
    private static final int SPRITES_LATENT = 10;

    /** Whether the data is drawn to zeros and ones. */
    enum Binarise { NONE, DYNAMIC }

    /** Units of one hidden layer after the other. */
    record Layers(List<Integer> units) {
        static Layers read(String given) {
            // no regular expression: those with repeated groups recurse for each repetition
            List<String> units = List.of(given.split(",", -1));
            if (units.contains("")) {
                throw new TypeConversionException("expected numbers of units with commas and no blanks between them, as"
                        + " 400 or 400,200, not " + Quoted.of(given));
            }
            return new Layers(units.stream().map(u -> (int) Values.whole(u, Integer.MAX_VALUE)).toList());
        }
    }

    @Option(names = "--hidden", paramLabel = "UNITS",
            description = "units of the encoder's hidden layers, at most 100, as 400 or 400,200; the decoder's are"
                    + " the same in"
                    + " reverse (400)")
    private Layers hidden;

    @Option(names = "--latent", paramLabel = "N", description = "latent dimensions (20; for sprites 10)")
    private Integer latent;

    @Option(names = "--activation", paramLabel = "NAME",
            description = "of hidden layers: relu, tanh, sigmoid, softplus, gelu, silu, elu or identity (relu)")
    private Activation activation;

    @Option(names = "--likelihood", paramLabel = "NAME", description = {
            "bernoulli: values in [0, 1], from logits, the default",
            "gaussian: mean and log-variance of every value are learned",
            "gaussian-shared: one learned log-variance per column",
            "gaussian-fixed: a fixed standard deviation"})
    private LikelihoodKind likelihood;

    @Option(names = "--standard-deviation", paramLabel = "X",
            description = "of gaussian-fixed, and where gaussian-shared begins; 1e-18 to 1e18 (0.1)")
    private Double standardDeviation;

    @Option(names = "--binarise", paramLabel = "NAME",
            description = "dynamic: values in [0, 1] are drawn to zeros and ones anew at every step; none: taken as"
                    + " they are (none)")
    private Binarise binarise;

    /** The model asked for, with a default for what was not given. */
    VaeSettings settings(long columns, boolean sprites) {
        LikelihoodKind kind = Objects.requireNonNullElse(likelihood, LikelihoodKind.BERNOULLI);
        if (standardDeviation != null && kind != LikelihoodKind.GAUSSIAN_FIXED
                && kind != LikelihoodKind.GAUSSIAN_SHARED) {
            throw Failure.usage("--standard-deviation goes with --likelihood gaussian-fixed or gaussian-shared, not"
                    + " with " + Names.of(kind));
        }
        if (binarise == Binarise.DYNAMIC && kind != LikelihoodKind.BERNOULLI) {
            throw Failure.usage("--binarise dynamic goes with --likelihood bernoulli, not with " + Names.of(kind));
        }
        return Names.checked(() -> new VaeSettings(columns, hidden == null ? List.of(400) : hidden.units(),
                Objects.requireNonNullElse(latent, sprites ? SPRITES_LATENT : 20),
                Objects.requireNonNullElse(activation, Activation.RELU), kind,
                Objects.requireNonNullElse(standardDeviation, 0.1), binarise == Binarise.DYNAMIC));
    }

    /** Refuses an option that contradicts the model of a run that is resumed. */
    void check(VaeSettings model, Agreement agreement) {
        agreement.check("--hidden", hidden == null ? null : hidden.units(), model.hidden());
        agreement.check("--latent", latent, model.latent());
        agreement.check("--activation", activation, model.activation());
        agreement.check("--likelihood", likelihood, model.likelihood());
        agreement.check("--standard-deviation", standardDeviation, model.standardDeviation());
        agreement.check("--binarise", binarise, model.binarise() ? Binarise.DYNAMIC : Binarise.NONE);
    }
}
