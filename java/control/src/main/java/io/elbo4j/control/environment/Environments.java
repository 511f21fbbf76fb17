package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The environments that there are: ours, and those of whatever jars are there. */
public final class Environments {
    private Environments() {}

    /** All, in the order of their names. */
    public static List<Environment> all() {
        return ServiceLoader.load(Environment.class, Environment.class.getClassLoader()).stream().map(
                ServiceLoader.Provider::get).sorted(java.util.Comparator.comparing(Environment::name)).toList();
    }

    /** @throws io.elbo4j.ArgumentException if there is none of this name */
    public static Environment named(String name) {
        List<Environment> found = all().stream().filter(e -> e.name().equals(name)).toList();
        require(found.size() == 1, "environment", "one of " + all().stream().map(Environment::name).collect(Collectors
                .joining(", ")), name);
        return found.get(0);
    }
}
