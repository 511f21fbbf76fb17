package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.model.VaeSettings;
import java.lang.reflect.RecordComponent;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class NamesTest {
    @Test
    void everySettingHasAnOptionByItsName() {
        CommandLine train = Main.commandLine(Console.system()).getSubcommands().get("train");
        Set<String> missing = new TreeSet<>();
        for (Class<?> settings : new Class<?>[] {TrainingSettings.class, VaeSettings.class}) {
            for (RecordComponent component : settings.getRecordComponents()) {
                String option = Names.option(component.getName());
                if (!train.getCommandSpec().optionsMap().containsKey(option)) {
                    missing.add(option);
                }
            }
        }
        // the data has the columns
        assertEquals(Set.of("--columns"), missing);
    }
}
