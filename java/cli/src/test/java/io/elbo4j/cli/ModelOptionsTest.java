package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of models: each has an effect, those of other models are refused. */
class ModelOptionsTest extends ModelRuns {
    /** A changed option is another model or another start of it. */
    @ParameterizedTest
    @CsvSource({"vae, --hidden 7 --latent 4 --activation tanh --binarise dynamic --prior mixture",
            "conditional-vae, --hidden 7 --latent 4 --activation tanh --likelihood gaussian-shared --binarise dynamic"
                    + " --prior learned",
            "convolutional-vae, --channels 7 --latent 4 --activation tanh --likelihood gaussian-shared --binarise"
                    + " dynamic",
            "completion-vae, --observed 2 --hidden 7 --latent 4 --activation tanh",
            "vamp-vae, --hidden 7 --latent 4 --pseudo-inputs 7 --activation tanh --binarise dynamic",
            "flow-vae, --hidden 7 --latent 4 --flows 4 --flow-units 7 --activation tanh --likelihood gaussian-shared"
                    + " --binarise dynamic",
            "gaussian-mixture, --components 4 --least-deviation 0.2 --spread 2",
            "linear-gaussian, --latent 4 --least-deviation 0.2",
            "bayesian-regression, --targets 4 --hidden 7 --activation tanh --noise 0.2 --deviation 2",
            "local-inference, --hidden 7 --latent 4 --activation tanh --likelihood gaussian-shared --binarise dynamic"
                    + " --local-rate 0.2 --local-steps 4",
            "hierarchical-vae, --hidden 7;5 --latents 4;2 --activation relu --binarise dynamic --likelihood"
                    + " gaussian-shared"})
    void everyOptionChangesTheBits(String model, String options) {
        Set<String> found = new TreeSet<>();
        Set<String> tried = new TreeSet<>();
        String before = sha256(trained(model));
        found.add(before);
        String[] words = options.replace(';', ',').split(" ");
        for (int i = 0; i < words.length; i += 2) {
            Path out = directory.resolve(model + words[i]);
            String own = sizes(model).replaceAll(words[i] + "=\\S+ ?", "");
            String[] rest = own.isEmpty() ? new String[0] : own.split(" ");
            train(model, out, Lists.join(List.of(rest), "--epochs", "3", words[i], words[i + 1])).succeeds();
            found.add(sha256(out));
            tried.add(words[i]);
            Cli.run("train", "--resume", "--out", out.toString(), words[i], sizes(model).contains("--latents")
                    ? words[i + 1].replace("relu", "gelu").replace("dynamic", "none").replace("7,5", "6,6").replace(
                            "gaussian-shared", "bernoulli")
                            .replace("4,2", "2,4")
                    : words[i + 1].equals("7") ? "8" : words[i + 1].equals("4") ? "5"
                    : words[i + 1].equals("0.2") || words[i + 1].equals("2") ? "3"
                    : words[i + 1].replace("tanh", "gelu").replace("dynamic", "none")
                            .replace("gaussian-shared", "bernoulli").replace("learned", "standard")
                            .replace("mixture", "standard"))
                    .fails(2, words[i], "contradicts", "with " + words[i] + " " + words[i + 1]);
        }
        assertEquals(1 + tried.size(), found.size());
        if (!model.equals("vae")) {
            ModelKind<?> kind = Models.named(model);
            Set<String> all = new TreeSet<>();
            Settings.options(kind.settings()).forEach(c -> all.add(Names.option(c.getName())));
            assertEquals(all, tried);
        }
    }

    @Test
    void trainingOptionsChangeTheBitsOfEveryModel() {
        for (String model : List.of("conditional-vae", "convolutional-vae", "hierarchical-vae", "local-inference")) {
            Set<String> found = new TreeSet<>(Set.of(sha256(trained(model))));
            for (String option : List.of("--kl-weight=0.5", "--kl-warm-up=2", "--free-bits=1", "--clip=0.1",
                    "--learning-rate=0.01", "--seed=9")) {
                Path out = directory.resolve(model + option);
                train(model, out, Lists.join(List.of(sizes(model).split(" ")), "--epochs", "3", option)).succeeds();
                found.add(sha256(out));
            }
            assertEquals(7, found.size(), model);
        }
    }

    @Test
    void theDecayOfWeightsIsRefusedByTheRateThatDoesNotBearIt() {
        Path out = directory.resolve("run");
        train("local-inference", out, "--optimiser", "adamw", "--weight-decay", "5").fails(2,
                "--weight-decay must be below 1 / local rate with adamw (the local rate is 0.3), not 5.0");
        assertTrue(Files.notExists(out));
        train("local-inference", out, "--optimiser", "adamw", "--weight-decay", "5", "--local-rate", "0.1", "--steps",
                "1", "--local-steps", "1").succeeds();
    }

    @Test
    void optionsOfOtherModelsAreRefused() {
        Path out = directory.resolve("run");
        train("vae", out, "--latents", "2,2").fails(2, "--latents goes with --model hierarchical-vae, not with vae");
        train("hierarchical-vae", out, "--latent", "2")
                .fails(2,
                        "--latent goes with --model categorical-vae or ", ", not with hierarchical-vae");
        train("hierarchical-vae", out, "--latents", "2").fails(2, "--latents must be two numbers of at least 1, not");
        train("conditional-vae", out, "--likelihood", "gaussian-fixed").fails(2,
                "--likelihood must be any of vae",
                "not gaussian-fixed");
        train("conditional-vea", out).fails(2, "--model must be one of " + Models.names() + ", not 'conditional-vea'",
                "did you mean conditional-vae?");
        train("hierarchical-vae", out, "--likelihood", "laplace", "--binarise", "dynamic")
                .fails(2, "--binarise must be left out with the likelihood laplace", "not dynamic");
        train("vae", out, "--prior-components", "3").fails(2, "--prior-components must be left out with the prior"
                + " standard (it goes with mixture), not 3");
        train("vae", out, "--prior", "mixture", "--prior-components", "0").fails(2, "--prior-components must be at"
                + " least 1, not 0");
        train("conditional-vae", out, "--likelihood", "gaussian", "--binarise", "dynamic")
                .fails(2, "--binarise must be left out with the likelihood gaussian", "not dynamic");
        assertTrue(Files.notExists(out));
        Path run = trained("hierarchical-vae");
        Cli.run("train", "--resume", "--out", run.toString(), "--model", "vae")
                .fails(2, "--model vae contradicts", "with --model hierarchical-vae");
        Cli.run("train", "--resume", "--out", run.toString(), "--channels", "3")
                .fails(2,
                        "--channels goes with --model convolutional-vae, not with hierarchical-vae");
    }
}
