package io.elbo4j.cli;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What somebody may have meant who wrote a name that is none of ours. */
final class Suggestions {
    /** What a name of ours is called elsewhere. */
    private record Synonyms(String ours, List<String> others) {
        static Synonyms of(String ours, String others) {
            return new Synonyms(ours, List.of(others.split(" ")));
        }

        /** An option may come with its value: --backend cuda. */
        String name() {
            int end = ours.indexOf(' ');
            return end < 0 ? ours : ours.substring(0, end);
        }
    }

    private static final List<Synonyms> SYNONYMS = List.of(
            Synonyms.of("--learning-rate", "lr alpha step-size"),
            Synonyms.of("--kl-weight", "beta kl kld-weight"),
            Synonyms.of("--kl-warm-up", "warmup warm-up kl-warmup annealing kl-annealing"),
            Synonyms.of("--optimiser", "optimizer optim"),
            Synonyms.of("--objective", "bound estimator"),
            Synonyms.of("--average", "ema moving-average polyak"),
            Synonyms.of("--schedule", "lr-schedule scheduler"),
            Synonyms.of("--clip-value", "grad-clip-value clip-grad-value"),
            Synonyms.of("importance-weighted", "iwae iw"),
            Synonyms.of("doubly-reparameterised", "dreg doubly-reparameterized"),
            Synonyms.of("sticking-the-landing", "stl"),
            Synonyms.of("--batch", "bs b batch-size minibatch"),
            Synonyms.of("--latent", "z z-dim latent-dim latent-dims latent-size"),
            Synonyms.of("--hidden", "units layers hidden-dim hidden-dims hidden-size hidden-units"),
            Synonyms.of("--epochs", "e n-epochs num-epochs max-epochs"),
            Synonyms.of("--steps", "iterations num-steps max-steps"),
            Synonyms.of("--backend cuda", "gpu cuda"),
            Synonyms.of("--backend cpu", "cpu no-cuda"),
            Synonyms.of("--backend", "device"),
            Synonyms.of("--data", "d dataset data-dir data-path input"),
            Synonyms.of("--out", "o output output-dir out-dir save-dir log-dir run-dir"),
            Synonyms.of("--checkpoint", "model load weights ckpt"),
            Synonyms.of("--likelihood", "loss decoder reconstruction"),
            Synonyms.of("--standard-deviation", "sigma std stddev scale"),
            Synonyms.of("--clip", "grad-clip gradient-clip clip-norm max-grad-norm"),
            Synonyms.of("--binarise", "binarize binary"),
            Synonyms.of("--activation", "nonlinearity"),
            Synonyms.of("--seed", "random-seed random-state"),
            Synonyms.of("--threads", "j jobs workers num-workers"),
            Synonyms.of("--set", "split subset"),
            Synonyms.of("--samples", "k num-samples n-samples"),
            Synonyms.of("--count", "n num-samples n-samples"),
            Synonyms.of("--resume", "continue restore"),
            Synonyms.of("train", "fit learn training"),
            Synonyms.of("evaluate", "eval test validate"),
            Synonyms.of("sample", "generate"),
            Synonyms.of("encode", "embed infer"),
            Synonyms.of("doctor", "info check"),
            Synonyms.of("test", "val valid validation"),
            Synonyms.of("cuda", "gpu nvidia"),
            Synonyms.of("cpu", "native"),
            Synonyms.of("java", "jvm"),
            Synonyms.of("gaussian-fixed", "mse l2"),
            Synonyms.of("gaussian", "normal"),
            Synonyms.of("bernoulli", "bce binary cross-entropy"),
            Synonyms.of("identity", "linear none"),
            Synonyms.of("sigmoid", "logistic"),
            Synonyms.of("silu", "swish"),
            Synonyms.of("dynamic", "true yes on stochastic"),
            Synonyms.of("none", "false no off static"),
            Synonyms.of("images=DIR", "images folder imagefolder png jpg jpeg"),
            Synonyms.of("npy=FILE", "npy numpy array"),
            Synonyms.of("mnist=DIR", "mnist fashion-mnist emnist qmnist idx"),
            Synonyms.of("sprites", "dsprites"));

    private static final int MOST_MISTAKES = 2;
    private static final int LONGEST = 40;

    private Suggestions() {}

    /** "; did you mean ...?", or nothing if no name of {@code known} is near. */
    static String of(String given, Collection<String> known) {
        return meant(given, known).map(m -> "; did you mean " + m + "?").orElse("");
    }

    private static Optional<String> meant(String given, Collection<String> known) {
        if (given.length() > LONGEST) {
            return Optional.empty();
        }
        String name = plain(given);
        Optional<String> same = known.stream().filter(k -> plain(k).equals(name)).findFirst();
        return same.or(() -> SYNONYMS.stream().filter(s -> s.others().contains(name) && known.contains(s.name()))
                .map(Synonyms::ours).findFirst()).or(() -> nearest(name, known));
    }

    /** Without a value, and what people write in different ways: --Learning_Rate=1 is learning-rate. */
    private static String plain(String name) {
        int begin = 0;
        while (begin < name.length() && name.charAt(begin) == '-') {
            begin++;
        }
        int end = name.indexOf('=', begin);
        return name.substring(begin, end < 0 ? name.length() : end).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<String> nearest(String name, Collection<String> known) {
        Comparator<String> byMistakes = Comparator.comparingInt(k -> mistakes(name, plain(k)));
        return known.stream().min(byMistakes.thenComparing(Comparator.naturalOrder())).filter(k -> {
            int mistakes = mistakes(name, plain(k));
            return mistakes <= MOST_MISTAKES && 2 * mistakes < plain(k).length();
        });
    }

    /** Letters to insert, remove or replace (Levenshtein 1966). */
    private static int mistakes(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
