package io.elbo4j.cli;

import static io.elbo4j.cli.TrainingOptions.or;

import io.elbo4j.train.OptimiserSettings;
import io.elbo4j.train.OptimiserSettings.Kind;
import picocli.CommandLine.Option;

/** How parameters follow their gradients. An option not given is null: it contradicts no checkpoint. */
final class OptimiserOptions {
    @Option(names = "--optimiser", paramLabel = "NAME", description = "adam, adamw or sgd (adam)")
    private Kind optimiser;

    @Option(names = "--momentum", paramLabel = "X", description = "of sgd: the share of the velocity that stays (0)")
    private Double momentum;

    @Option(names = "--weight-decay", paramLabel = "X", description = "of adamw and sgd (0.01 with adamw, 0 with sgd)")
    private Double weightDecay;

    @Option(names = "--beta1", paramLabel = "X", description = "of adam and adamw: decay of the first moment (0.9)")
    private Double beta1;

    @Option(names = "--beta2", paramLabel = "X", description = "of adam and adamw: decay of the second moment (0.999)")
    private Double beta2;

    @Option(names = "--epsilon", paramLabel = "X",
            description = "of adam and adamw: added to the root of the second moment (1e-8)")
    private Double epsilon;

    @Option(names = "--average", paramLabel = "DECAY", description = {
            "also keeps moving averages of the parameters, of which the share DECAY stays in each step, for",
            "'elbo4j evaluate --weights average' (none)"})
    private Double average;

    OptimiserSettings settings() {
        Kind kind = or(optimiser, Kind.ADAM);
        boolean sgd = kind == Kind.SGD;
        require(sgd, kind, "--momentum", momentum, "sgd");
        require(kind != Kind.ADAM, kind, "--weight-decay", weightDecay, "adamw or sgd");
        require(!sgd, kind, "--beta1", beta1, "adam or adamw");
        require(!sgd, kind, "--beta2", beta2, "adam or adamw");
        require(!sgd, kind, "--epsilon", epsilon, "adam or adamw");
        OptimiserSettings usual = OptimiserSettings.of(kind);
        return new OptimiserSettings(kind, or(momentum, usual.momentum()), or(weightDecay, usual.weightDecay()),
                or(beta1, usual.beta1()), or(beta2, usual.beta2()), or(epsilon, usual.epsilon()), or(average, 0.0));
    }

    private static void require(boolean holds, Kind kind, String option, Object given, String with) {
        if (!holds && given != null) {
            throw Failure.usage(option + " goes with --optimiser " + with + ", not with " + Names.of(kind));
        }
    }

    void check(OptimiserSettings settings, Agreement agreement) {
        agreement.check("--optimiser", optimiser, settings.optimiser());
        agreement.check("--momentum", momentum, settings.momentum());
        agreement.check("--weight-decay", weightDecay, settings.weightDecay());
        agreement.check("--beta1", beta1, settings.beta1());
        agreement.check("--beta2", beta2, settings.beta2());
        agreement.check("--epsilon", epsilon, settings.epsilon());
        agreement.check("--average", average, settings.average());
    }
}
