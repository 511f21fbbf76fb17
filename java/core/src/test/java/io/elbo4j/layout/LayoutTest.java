package io.elbo4j.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import io.elbo4j.cpu.CpuLibrary;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Rows;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayoutTest {
    /** An operation that nobody has a kernel for. */
    public record Unknown(Matrix x, float factor) implements Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    /** One whose arguments no kernel could take. */
    public record Impossible(Matrix x, String name) implements Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    @Test
    void namesAndFieldsAreInSnakeCase() {
        assertEquals("rows_fill", Layout.of(Rows.Fill.class).name());
        assertEquals("float value; matrix target; ", Layout.of(Rows.Fill.class).text());
        assertEquals("gaussian_sample_kl_backward", Layout.of(GaussianSampleKl.Backward.class).name());
        assertTrue(Layout.of(GaussianSampleKl.Backward.class).text().contains("noise noise; matrix dz; matrix d_kl; "));
        assertEquals("matrix a; matrix b; matrix bias; int32 relu; matrix c; ", Layout.of(Matmul.Forward.class).text());
    }

    @Test
    void structuresArePaddedAsInC() {
        assertEquals(8 + 40, Layout.of(Rows.Fill.class).bytes());
        assertEquals(3 * 40 + 8 + 40, Layout.of(Matmul.Forward.class).bytes());
    }

    @Test
    void anUnknownTypeOfArgumentIsNamed() {
        String message = assertThrows(IllegalStateException.class, () -> Layout.of(Impossible.class)).getMessage();
        assertEquals("operation layout_test_impossible: component name is a java.lang.String, which is no type of an"
                + " argument", message);
    }

    @Test
    void everyBackendNamesTheOperationThatItHasNoKernelFor() {
        List<String> backends = new ArrayList<>(List.of("java"));
        if (CpuLibrary.problem().isEmpty()) {
            backends.add("cpu");
        }
        for (String name : backends) {
            try (Backend backend = Backends.open(name, 1); Matrix x = backend.matrix(2, 2)) {
                String message = assertThrows(IllegalStateException.class, () -> new Unknown(x, 1).run(0, 2))
                        .getMessage();
                assertTrue(message.startsWith("backend " + name + " has no kernel for operation ")
                        && message.contains(Unknown.class.getName()), message);
            }
        }
    }

    @Test
    void anotherLayoutIsSaidWithBothLayouts() {
        NativeFunctions functions = new NativeFunctions("cpu", new NativeFunctions.Library() {
            @Override
            public String layout(String name) {
                return "matrix x; ";
            }

            @Override
            public long find(String name) {
                throw new AssertionError("found in spite of its layout");
            }
        });
        try (Backend backend = Backends.open("java", 1); Matrix x = backend.matrix(1, 1)) {
            String message = assertThrows(IllegalStateException.class, () -> functions.find(new Unknown(x, 1)))
                    .getMessage();
            assertEquals("operation layout_test_unknown has other arguments in the library of backend cpu (matrix x;)"
                    + " than in io.elbo4j.layout.LayoutTest$Unknown (matrix x; float factor;): give all jars of elbo4j"
                    + " the same version", message);
        }
    }
}
