package io.elbo4j.cli;

import static io.elbo4j.cli.TrainingOptions.or;

import io.elbo4j.train.PenaltySettings;
import picocli.CommandLine.Option;

/** What a run minimises beside its ELBO. An option not given is null: it contradicts no checkpoint. */
final class PenaltyOptions {
    @Option(names = "--total-correlation-weight", paramLabel = "X", description = {
            "weight of the total correlation in the KL, 0 to 1e9: beta of beta-TC-VAE; of vae and convolutional-vae",
            "(1)"})
    private Double totalCorrelationWeight;

    @Option(names = "--mmd-weight", paramLabel = "X", description = {
            "weight of the maximum mean discrepancy of z and draws of its prior, beside the KL, 0 to 1e9: InfoVAE; of"
                    + " vae and convolutional-vae (0)"})
    private Double mmdWeight;

    @Option(names = "--kl-capacity", paramLabel = "NATS", description = {
            "KL that is aimed at instead of a small one: --kl-weight is then the weight of the distance from it, and it"
                    + " grows over --kl-warm-up (Burgess et al. 2018); with the objective elbo (0, not)"})
    private Double klCapacity;

    PenaltySettings settings() {
        return new PenaltySettings(or(totalCorrelationWeight, PenaltySettings.NONE.totalCorrelationWeight()),
                or(mmdWeight, PenaltySettings.NONE.mmdWeight()), or(klCapacity, PenaltySettings.NONE.klCapacity()));
    }

    void check(PenaltySettings settings, Agreement agreement) {
        agreement.check("--total-correlation-weight", totalCorrelationWeight, settings.totalCorrelationWeight());
        agreement.check("--mmd-weight", mmdWeight, settings.mmdWeight());
        agreement.check("--kl-capacity", klCapacity, settings.klCapacity());
    }
}
