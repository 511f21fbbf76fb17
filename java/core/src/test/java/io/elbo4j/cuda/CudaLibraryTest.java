package io.elbo4j.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What the driver says when it refuses, in words with the remedy. */
class CudaLibraryTest {
    private static void explains(int error, int driver, String... parts) {
        String sentence = CudaLibrary.explain(error, driver, 13_000);
        for (String part : parts) {
            assertTrue(sentence.contains(part), sentence);
        }
    }

    @Test
    void everyRefusalNamesItsRemedy() {
        assertEquals("the NVIDIA driver supports CUDA 12.4, this build needs 13.0 (driver R580 or newer): update the"
                + " driver, or rebuild with a CUDA 12 toolkit", CudaLibrary.explain(35, 12_040, 13_000));
        assertEquals("the NVIDIA driver supports CUDA 11.8, this build needs 12.0 (driver R525 or newer): update the"
                + " driver", CudaLibrary.explain(35, 11_080, 12_060));
        explains(35, 0, "no NVIDIA driver", "R580");
        explains(100, 13_000, "nvidia-smi", "CUDA_VISIBLE_DEVICES", "--gpus all");
        explains(34, 13_000, "stub", "LD_LIBRARY_PATH");
        explains(222, 13_000, "update the driver");
        explains(2, 13_000, "no memory left");
        explains(46, 13_000, "exclusive");
        explains(802, 13_000, "nvidia-fabricmanager");
        explains(803, 13_000, "restart");
        explains(804, 13_000, "compat");
        explains(999, 13_000, "restart", "nvidia_uvm");
    }

    private static String problem(CudaLibrary.Found found) {
        return found.device(0).problem().orElse("none");
    }

    @Test
    void refusalsThatMayPassAreAskedForAgain() throws IOException {
        Emulation.assumeUsable();
        for (String refusal : new String[] {"cudaFuncGetAttributes=46@1", "cudaGetDeviceProperties=2@1"}) {
            Emulation.failing(refusal, () -> {
                CudaLibrary.Found found = CudaLibrary.probe();
                assertNotEquals("none", problem(found));
                assertEquals("none", problem(found));
            });
        }
        Emulation.failing("cudaFuncGetAttributes=209@1", () -> {
            CudaLibrary.Found found = CudaLibrary.probe();
            assertTrue(problem(found).contains("holds no code"), problem(found));
            assertTrue(problem(found).contains("holds no code"), "asked for once");
        });
        Emulation.failing("cudaGetDeviceCount=802@1,cudaGetDeviceCount=100@2", () -> {
            CudaLibrary.Found starting = CudaLibrary.probe();
            assertTrue(starting.passes() && starting.problem().contains("nvidia-fabricmanager"), starting.problem());
            CudaLibrary.Found none = CudaLibrary.probe();
            assertTrue(!none.passes() && none.problem().contains("sees no GPU"), none.problem());
            assertNull(CudaLibrary.probe().problem());
        });
    }
}
