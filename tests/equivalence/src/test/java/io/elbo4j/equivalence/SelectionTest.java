package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import org.junit.jupiter.api.Test;

/** What a checker is to run on a GPU runs at all. */
class SelectionTest {
    @Test
    void theSelectionGivesTheJavaBackendsBits() {
        try (Backend backend = Backends.open("java", 2)) {
            assertNull(Selection.compare(backend));
        }
    }
}
