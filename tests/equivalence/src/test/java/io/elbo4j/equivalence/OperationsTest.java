package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Launch;
import io.elbo4j.operation.GaussianSampleKl;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An operation that is not a case of the suite would be compared with nothing: it is found here. */
class OperationsTest {
    private static final String PACKAGE = GaussianSampleKl.class.getPackageName();

    @Test
    void everyPublicOperationIsACase() throws Exception {
        Set<String> cases = new TreeSet<>();
        try (Backend backend = BackendsUnderTest.reference()) {
            for (Map.Entry<String, ?> operation : Operations.all().entrySet()) {
                cases.add(nameOfLaunch(backend, operation.getKey()));
            }
        }
        Set<String> operations = operations();
        assertTrue(operations.size() > 30, () -> "found only " + operations);
        operations.removeAll(cases);
        assertEquals(Set.of(), operations, "operations that are no case in Operations");
    }

    private static String nameOfLaunch(Backend backend, String operation) {
        Shape shape = Shape.ALL[Shape.ALL.length - 1];
        try (Bench bench = new Bench(backend, Values.NORMAL, 1, shape.strided())) {
            return Operations.all().get(operation).apply(bench, shape).name();
        }
    }

    /** CLASS.METHOD of all that makes a launch, which is what a launch is called. */
    private static Set<String> operations() throws Exception {
        Set<String> names = new TreeSet<>();
        for (String file : files()) {
            Class<?> of = Class.forName(PACKAGE + "." + file.replace(".class", ""));
            if (Modifier.isPublic(of.getModifiers())) {
                Arrays.stream(of.getDeclaredMethods())
                        .filter(m -> Modifier.isPublic(m.getModifiers()) && m.getReturnType() == Launch.class)
                        .forEach(m -> names.add(of.getSimpleName() + "." + m.getName()));
            }
        }
        return names;
    }

    private static Set<String> files() throws Exception {
        String folder = PACKAGE.replace('.', '/');
        URI at = GaussianSampleKl.class.getResource("GaussianSampleKl.class").toURI();
        if (!at.getScheme().equals("jar")) {
            return files(Path.of(at).getParent());
        }
        try (FileSystem jar = FileSystems.newFileSystem(at, Map.of())) {
            return files(jar.getPath(folder));
        }
    }

    private static Set<String> files(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            Set<String> names = new TreeSet<>();
            entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("-")).forEach(names::add);
            return names;
        }
    }
}
