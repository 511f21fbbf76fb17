package io.elbo4j.cli;

/** What learns by imitation. */
enum ImitationKind {
    MIXTURE, GAUSSIAN, GAUSSIAN_MEAN, BINS, INDEPENDENT_BINS, CONDITIONAL_VAE, CHUNKS, CHUNK_VAE, LATENT_PLAN;

    boolean isOfChunks() {
        return this == CHUNKS || this == CHUNK_VAE;
    }
}
