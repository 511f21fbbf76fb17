package io.elbo4j.train.model;

import io.elbo4j.Activation;
import io.elbo4j.ArgumentException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** What hidden layers apply. Other functions are not defined for all numbers, or grow so fast that layers overflow. */
final class HiddenActivation {
    static final String NAMES = "relu, tanh, sigmoid, softplus, gelu, silu, elu or identity";
    private static final Set<Activation> ALL = EnumSet.range(Activation.IDENTITY, Activation.ELU);

    private HiddenActivation() {}

    /** @throws ArgumentException if it is another one */
    static void require(Activation activation) {
        ArgumentException.require(ALL.contains(Objects.requireNonNull(activation, "activation")), "activation", NAMES,
                activation.name().toLowerCase(Locale.ROOT));
    }
}
