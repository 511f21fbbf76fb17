package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Settings;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is said of models and their options. */
class ModelHelpTest {
    @Test
    void modelsAreListedOneALineAndOneWithItsOptions() {
        List<String> lines = Cli.run("models").succeeds().out().lines().toList();
        assertEquals(Models.names(), lines.stream().map(line -> line.split(" ")[0]).collect(Collectors.joining(", ")));
        String vae = Cli.run("models", "vae").succeeds().out();
        assertTrue(vae.contains("--latent=N") && vae.contains("latent dimensions (20; for sprites 10)"), vae);
        assertTrue(vae.contains("of x given z (bernoulli)"), vae);
        assertEquals(1, JsonParser.parseString(Cli.run("models", "vae", "--json").succeeds().out()).getAsJsonArray()
                .size());
        Cli.run("models", "gan").fails(2, "there is no model 'gan'; there are " + Models.names());
    }

    private static String help(String... more) {
        return Cli.run(Lists.join(List.of("train", "--help"), more)).succeeds().out().replaceAll("\\s+",
                " ");
    }

    /** The words and the default of every option, and no option of another model. */
    @Test
    void helpShowsTheOptionsOfTheModelThatIsAskedFor() {
        Set<String> all = new TreeSet<>();
        Models.all().forEach(kind -> Settings.options(kind.settings()).forEach(c -> all.add(Names.option(c
                .getName()))));
        for (ModelKind<?> kind : Models.all()) {
            String help = help("--model", kind.name());
            assertEquals(help, help("--model=" + kind.name()));
            assertTrue(help.contains("options after --help are those of the model " + kind.name() + ":"), help);
            Set<String> others = new TreeSet<>(all);
            Settings.options(kind.settings()).forEach(c -> {
                String option = Names.option(c.getName());
                others.remove(option);
                assertTrue(help.contains(option + "=" + SettingValue.label(c) + " " + String.join(" ",
                        ModelOptions.describe(kind, c))), () -> option + " in: " + help);
            });
            others.forEach(option -> assertFalse(help.contains(option + "="), () -> option + " in: " + help));
        }
        assertEquals(help("--model", "vae"), help());
        assertTrue(help("--model", "local-inference").contains("--latent=N latent dimensions (20) "));
        assertTrue(help("--model", "hierarchical-vae").contains(" (200,100) "));
        Cli.run("train", "--model", "gan", "--help").fails(2, "--model must be one of bayesian-regression,",
                "not 'gan'");
        Cli.run("train", "--model", "--help").fails(2, "--model");
    }
}
