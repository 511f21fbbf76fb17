package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.model.VaeSettings;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void everySettingHasAnOptionByItsName() {
        Set<String> options = Main.commandLine(Console.system()).getSubcommands().get("train").getCommandSpec()
                .optionsMap().keySet();
        Set<String> missing = new TreeSet<>();
        Stream.of(TrainingSettings.class, VaeSettings.class).flatMap(NamesTest::names).map(Names::option)
                .filter(option -> !options.contains(option)).forEach(missing::add);
        // the data has the columns
        assertEquals(Set.of("--columns"), missing);
    }

    /** Of settings that are a part of others, the parts. */
    private static Stream<String> names(Class<?> settings) {
        return Arrays.stream(settings.getRecordComponents()).flatMap(component -> component.getType().isRecord()
                ? names(component.getType()) : Stream.of(component.getName()));
    }
}
