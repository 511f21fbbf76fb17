package io.elbo4j.fuzz;

import io.elbo4j.cli.FuzzedOptions;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.checkpoint.StoredTensor;
import io.elbo4j.train.checkpoint.TensorHeader;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.IdxReader;
import io.elbo4j.train.data.ImageFolder;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.ReadProgress;
import io.elbo4j.train.run.FuzzedMetrics;
import io.elbo4j.train.run.RunFolder;
import io.elbo4j.train.run.StoredRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is fuzzed. Each is given bytes and an empty folder, and may throw DataException alone. */
enum Target {
    /** When inflated 100 times the file, and four bytes a value. */
    IDX(400) {
        @Override
        void read(byte[] input, Path folder) throws IOException {
            IdxReader.images(Files.write(folder.resolve("x"), input));
        }
    },
    LABELS(100) {
        @Override
        void read(byte[] input, Path folder) throws IOException {
            IdxReader.labels(Files.write(folder.resolve("x"), input));
        }
    },
    NPY {
        @Override
        void read(byte[] input, Path folder) throws IOException {
            Path file = Files.write(folder.resolve("x.npy"), input);
            try {
                NpyReader.stream(file).close();
            } catch (DataException e) {
                // of most inputs reading says the same
            }
            try {
                NpyReader.sequences(file, ReadProgress.NONE);
            } catch (DataException e) {
                // sequences may have NaN past their ends
            }
            NpyReader.read(file);
        }
    },
    /**
     * A PNG or JPEG file; the checksums of PNG, which nothing guesses, are made right. A blank picture is 1,032 times
     * the file when inflated, 8 pixels a byte, three values a pixel, four bytes a value.
     */
    PICTURES(99_072) {
        @Override
        void read(byte[] input, Path folder) throws IOException {
            Files.write(folder.resolve("x.png"), PngChecksums.mended(input));
            ImageFolder.read(folder);
        }
    },
    SAFETENSORS {
        @Override
        void read(byte[] input, Path folder) throws IOException {
            Path file = Files.write(folder.resolve("x.safetensors"), input);
            try {
                Safetensors.read(file, true);
            } catch (DataException e) {
                // a file of weights may have more types
            }
            Safetensors.weights(file, found -> found.values().stream().filter(t -> t.dtype().matches("B?F(16|32|64)"))
                    .map(TensorHeader::name).toList());
        }
    },
    /** The JSON text in a checkpoint, which a checksum guards: the file is made anew around it. */
    METADATA {
        @Override
        void read(byte[] input, Path folder) {
            Path file = folder.resolve("x.safetensors");
            Safetensors.write(file, Map.of("elbo4j.format", "1", "elbo4j.checkpoint",
                    new String(input, StandardCharsets.UTF_8)),
                    List.of(new StoredTensor("w", new long[] {1, 1}, new float[1])));
            Checkpoint.read(file);
        }
    },
    /** The description of a run. */
    RUN {
        @Override
        void read(byte[] input, Path folder) throws IOException {
            Files.write(folder.resolve("run.json"), input);
            try (RunFolder run = RunFolder.open(folder)) {
                StoredRun.read(run);
            }
        }
    },
    METRICS {
        @Override
        void read(byte[] input, Path folder) throws IOException {
            FuzzedMetrics.read(Files.write(folder.resolve("metrics.jsonl"), input));
        }
    },
    OPTIONS {
        @Override
        int readings() {
            return FuzzedOptions.count();
        }

        @Override
        void read(byte[] input, Path folder) {
            throw new UnsupportedOperationException("an option at a time");
        }

        @Override
        void read(byte[] input, Path folder, int option) {
            FuzzedOptions.run(input, folder, option);
        }
    };

    private final int accepted;

    Target() {
        this(Fuzz.MOST_TIMES);
    }

    Target(int accepted) {
        this.accepted = accepted;
    }

    /** How many times its bytes an input may take that is read in full: what it says is then worth its memory. */
    int accepted() {
        return accepted;
    }

    /** In how many ways an input is read: each may take what one reading may. */
    int readings() {
        return 1;
    }

    void read(byte[] input, Path folder, int reading) throws IOException {
        read(input, folder);
    }

    abstract void read(byte[] input, Path folder) throws IOException;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
