package io.elbo4j.train.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.ArgumentException;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class HiddenActivationTest {
    private static final DataShape DATA = new DataShape(DataKinds.MNIST, 1, 28, 28, 1, Map.of(Images.X, 784,
            Images.LABEL, 10));
    private static final Set<Activation> NONE_OF_HIDDEN_LAYERS = Set.of(Activation.EXP, Activation.LOG, Activation.SQRT,
            Activation.SQUARE);

    @TestFactory
    Stream<DynamicTest> everyModelTakesThoseThatItsDescriptionNames() {
        List<? extends ModelKind<?>> kinds = Models.all().stream().filter(kind -> Settings.options(kind.settings())
                .stream().anyMatch(c -> c.getType() == Activation.class)).toList();
        assertTrue(kinds.size() >= 8, () -> "found only " + kinds);
        return kinds.stream().map(kind -> DynamicTest.dynamicTest(kind.name(), () -> check(kind)));
    }

    private static <S extends Record> void check(ModelKind<S> kind) {
        String described = Settings.options(kind.settings()).stream().filter(c -> c.getType() == Activation.class)
                .findFirst().orElseThrow().getAnnotation(Setting.class).value()[0];
        S usual = kind.defaults(DATA);
        for (Activation activation : Activation.values()) {
            String name = activation.name().toLowerCase(Locale.ROOT);
            boolean named = Arrays.asList(described.split("[ ,:]+")).contains(name);
            assertEquals(!NONE_OF_HIDDEN_LAYERS.contains(activation), named, name);
            if (named) {
                assertEquals(activation, Settings.values(Settings.with(usual, Map.of("activation", activation))).get(
                        "activation"));
            } else {
                assertEquals("activation must be relu, tanh, sigmoid, softplus, gelu, silu, elu or identity, not "
                        + name, assertThrows(ArgumentException.class, () -> Settings.with(usual, Map.of("activation",
                                activation))).getMessage());
            }
        }
    }
}
