package io.elbo4j.cli;

import io.elbo4j.Backend;
import io.elbo4j.control.imitation.ActionChunks;
import io.elbo4j.control.imitation.Demonstrations;
import io.elbo4j.control.imitation.Imitation;
import io.elbo4j.control.imitation.Reading;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/** What imitation in chunks is made of, and how they are acted by. */
final class ChunkOptions {
    private static final Set<ImitationKind> KINDS = Set.of(ImitationKind.CHUNKS, ImitationKind.CHUNK_VAE);

    /** How chunks are acted by. */
    enum Read {
        OPEN_LOOP, FIRST, ENSEMBLING
    }

    @Option(names = "--length", paramLabel = "N", description = "actions of a chunk (16)")
    private Integer length;
    @Option(names = "--reading", split = ",", paramLabel = "NAME",
            description = "of chunks: open-loop: all actions of one, then the next; first: of each the first action;"
                    + " ensembling: the mean of all that say what to do now; or several (open-loop)")
    private Read[] readings;
    @Option(names = "--decay", paramLabel = "X",
            description = "ensembling: chunk i from the oldest on has the weight exp(-X i) (0.01)")
    private Double decay;
    @Option(names = "--style", split = ",", paramLabel = "NAME",
            description = "z of a chunk-vae: mean: 0; of-chunk: a draw for each chunk; of-episode: for each episode; or"
                    + " several (mean)")
    private ActionChunks.Style[] styles;

    void check(ImitationKind[] kinds) {
        Effect.require("--length", length, kinds, KINDS);
        Effect.require("--reading", readings, kinds, KINDS);
        Effect.require("--decay", decay, kinds, KINDS);
        Effect.require("--decay", decay, reads(), Set.of(Read.ENSEMBLING));
        Effect.require("--style", styles, kinds, Set.of(ImitationKind.CHUNK_VAE));
        Effect.requireDifferent("--reading", Names.all(reads()));
        Effect.requireDifferent("--style", Names.all(styles(ImitationKind.CHUNK_VAE)));
        readings();
    }

    /** @param latent of z, and the weight of its KL: of a conditional VAE */
    ActionChunks.Settings settings(ImitationKind kind, int latent, double klWeight, Imitation.Settings learning) {
        boolean vae = kind == ImitationKind.CHUNK_VAE;
        if (vae && latent < 1) {
            throw Failure.usage("--latent must be at least 1, not " + latent);
        }
        return Names.checked(() -> new ActionChunks.Settings(length(), vae ? latent : 0, vae ? klWeight : 0, learning));
    }

    ImitationModel model(ImitationKind kind, ActionChunks.Settings settings, Demonstrations shown, Demonstrations test,
            Backend backend, long seed) {
        return ImitationModel.of(new ActionChunks(settings, shown, backend, seed), readings(), styles(kind), test,
                seed);
    }

    private int length() {
        return length == null ? 16 : length;
    }

    private Read[] reads() {
        return readings == null ? new Read[] {Read.OPEN_LOOP} : readings;
    }

    private ActionChunks.Style[] styles(ImitationKind kind) {
        return styles == null || kind == ImitationKind.CHUNKS ? new ActionChunks.Style[] {ActionChunks.Style.MEAN}
                : styles;
    }

    private Map<String, Reading> readings() {
        if (length() < 1) {
            throw Failure.usage("--length must be at least 1, not " + length);
        }
        Map<String, Reading> all = new LinkedHashMap<>();
        for (Read each : reads()) {
            all.put(Names.of(each), Names.checked(() -> switch (each) {
                case OPEN_LOOP -> Reading.openLoop(length());
                case FIRST -> Reading.first();
                case ENSEMBLING -> Reading.ensembling(length(), decay == null ? 0.01 : decay);
            }));
        }
        return all;
    }
}
