package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.require;

import org.jspecify.annotations.Nullable;

/** Refuses null, by the argument's name. */
final class Given {
    private Given() {}

    static <T> T given(String argument, @Nullable T value) {
        require(value != null, argument, "given", null);
        return value;
    }
}
