package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Exchange;
import io.elbo4j.train.graph.LocalExchange;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows have names, "shard.row", so that what each worker reads of a batch can be compared with the whole. */
class ShardOrderTest {
    private static final long SEED = 23;
    /** The smallest has 17, which 64 / 8 rows of a batch fill twice. */
    private static final int[] SHARDS = {20, 19, 18, 17, 25, 18, 19, 20};
    private static final int BATCH = 64;

    private static List<String> names(int rank, int workers) {
        List<String> names = new ArrayList<>();
        for (int shard = 8 / workers * rank; shard < 8 / workers * (rank + 1); shard++) {
            for (int r = 0; r < SHARDS[shard]; r++) {
                names.add(shard + "." + r);
            }
        }
        return names;
    }

    /** The whole of an epoch, from the parts of the workers that have one of each batch. */
    private static List<String> epoch(int workers, long seed, long epoch) {
        String[] all = new String[2 * BATCH];
        for (int rank = 0; rank < workers; rank++) {
            ShardOrder order = new ShardOrder(SHARDS, BATCH, rank, workers);
            assertEquals(all.length, order.rows());
            int[] rows = new int[order.rows()];
            order.fill(seed, epoch, rows);
            int part = BATCH / workers;
            for (int i = 0; i < all.length; i++) {
                if (i % BATCH / part == rank) {
                    all[i] = names(rank, workers).get(rows[i]);
                }
                assertTrue(rows[i] >= 0 && rows[i] < names(rank, workers).size());
            }
        }
        return List.of(all);
    }

    @Test
    void workersReadOneOrder() {
        List<String> one = epoch(1, SEED, 3);
        assertEquals(one, epoch(2, SEED, 3));
        // 32 rows a worker are wanted, so 4 and 8 are tried as trainings, below
        for (int i = 0; i < one.size(); i++) {
            assertEquals(i % BATCH / 8, Integer.parseInt(one.get(i).substring(0, 1)), "shard after shard");
        }
        assertEquals(one.size(), new HashSet<>(one).size(), "no row twice");
        assertFalse(one.equals(epoch(1, SEED, 4)), "the epoch counts");
        assertFalse(one.equals(epoch(1, SEED + 1, 3)), "the seed counts");
        List<String> first = one.stream().filter(n -> n.startsWith("0.")).map(n -> n.substring(2)).toList();
        List<String> last = one.stream().filter(n -> n.startsWith("7.")).map(n -> n.substring(2)).toList();
        assertFalse(first.equals(last), "shards of as many rows are shuffled differently");
    }

    @Test
    void allRowsHaveTheirTurn() {
        Set<String> seen = new HashSet<>();
        for (int epoch = 0; epoch < 40; epoch++) {
            seen.addAll(epoch(1, SEED, epoch));
        }
        assertEquals(new HashSet<>(names(0, 1)), seen);
    }

    private static float[] row(String name, int columns) {
        SplittableRandom random = new SplittableRandom(name.hashCode());
        float[] row = new float[columns];
        for (int c = 0; c < columns; c++) {
            row[c] = (float) random.nextDouble();
        }
        return row;
    }

    /** ELBO and all parameters after 5 steps, where the smallest shard of 70 rows fills 2 batches an epoch. */
    private static float[] train(int workers, Exchange exchange) {
        int[] shards = IntStream.range(0, 8).map(s -> 70 + 3 * s).toArray();
        int batch = 256;
        int columns = 6;
        List<float[]> rows = new ArrayList<>();
        for (int shard = 8 / workers * exchange.rank(); shard < 8 / workers * (exchange.rank() + 1); shard++) {
            for (int r = 0; r < shards[shard]; r++) {
                rows.add(row(shard + "." + r, columns));
            }
        }
        float[] values = new float[rows.size() * columns];
        for (int r = 0; r < rows.size(); r++) {
            System.arraycopy(rows.get(r), 0, values, r * columns, columns);
        }
        Images images = new Images("rows", rows.size(), 1, columns, 1, values);
        Vae vae = new Vae(VaeSettings.of(columns, 2, 5));
        List<Float> all = new ArrayList<>();
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), SEED);
                Trainer trainer = new Trainer(vae, parameters, backend, TrainingSettings.of(batch, SEED), images,
                        Trainer.Position.START, Standardisation.NONE, new ShardOrder(shards, batch, exchange.rank(),
                                workers), exchange)) {
            assertEquals(2, trainer.stepsPerEpoch());
            assertEquals(512, trainer.rows());
            trainer.steps(5);
            assertEquals(256, trainer.position().row());
            all.add((float) trainer.elbo().elbo());
            parameters.all().forEach(s -> {
                for (float v : s.value().toArray()) {
                    all.add(v);
                }
            });
        }
        float[] array = new float[all.size()];
        IntStream.range(0, array.length).forEach(i -> array[i] = all.get(i));
        return array;
    }

    @Test
    void workersWithRowsOfTheirOwnAreOneModel() {
        float[] one = LocalExchange.run(1, exchange -> train(1, exchange)).get(0);
        for (int workers : new int[] {2, 4, 8}) {
            for (float[] found : LocalExchange.run(workers, exchange -> train(workers, exchange))) {
                assertArrayEquals(one, found, workers + " workers, seed " + SEED);
            }
        }
    }

    private static void refused(String sentence, int[] shards, int batch, int rank, int workers) {
        assertEquals(sentence, assertThrows(ArgumentException.class, () -> new ShardOrder(shards, batch, rank, workers))
                .getMessage());
    }

    @Test
    void refusals() {
        refused("shards must be the rows of 8, not 3 numbers", new int[3], 64, 0, 1);
        refused("workers must be 1, 2, 4 or 8, not 3", SHARDS, 64, 0, 3);
        refused("rank must be 0 to 1, not 2", SHARDS, 64, 2, 2);
        refused("batch must be a multiple of 8, and at least 32 for each of the workers, which are 2, not 60", SHARDS,
                60, 0, 2);
        refused("batch must be a multiple of 8, and at least 32 for each of the workers, which are 4, not 64", SHARDS,
                64, 0, 4);
        refused("batch must be at most 136, 8 times the rows of the smallest shard, not 144", SHARDS, 144, 0, 1);
        int[] many = new int[8];
        Arrays.fill(many, 1 << 28);
        refused("shards must be of fewer than 2^31 rows in all, not 8388608 batches of 256 rows", many, 256, 0, 1);
    }
}
