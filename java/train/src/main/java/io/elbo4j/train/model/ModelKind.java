package io.elbo4j.train.model;

import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import java.util.Map;
import java.util.Set;

/**
 * A kind of model, registered as a service: in {@code META-INF/services/io.elbo4j.train.model.ModelKind}, and in a
 * named module with {@code provides}. The command line lists and trains it, checkpoints name it.
 *
 * @param <S> its settings: a public record of components of the types int, long, double, boolean, String, enums and
 *     {@code List<Integer>}. Its constructor refuses what makes no model with
 *     {@link io.elbo4j.ArgumentException#require}. Those with a {@link Setting} are options of the command line, the
 *     others follow from the data.
 */
public interface ModelKind<S extends Record> {
    /** As it is written after {@code --model} and in checkpoints: small letters and hyphens. */
    String name();

    /** One line for people. */
    String description();

    Class<S> settings();

    /** What is taken where nothing is asked for. */
    S defaults(DataShape data);

    Model create(S settings);

    /** Names of the arrays of a data set that its inputs read. */
    default Set<String> arrays() {
        return Set.of(Images.X);
    }

    /**
     * Components that came later than the first release of the kind, with what was so before them: files that lack them
     * are read, and files in which they are so do not have them.
     */
    default Map<String, Object> earlier() {
        return Map.of();
    }

    /**
     * Refuses what was asked for though it has no effect.
     *
     * @param given names of the components that were asked for
     * @throws io.elbo4j.ArgumentException naming one of them
     */
    default void check(S settings, Set<String> given) {}
}
