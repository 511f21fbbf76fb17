package io.elbo4j.cuda;

import io.elbo4j.cpu.CpuLibrary;
import io.elbo4j.cuda.jni.ElboCuda;
import io.elbo4j.jni.CudaHeader;
import io.elbo4j.jni.NativeLibrary;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;

/**
 * The native CUDA library and what it finds: loaded once, at the first question; a refusal keeps its reason in words,
 * and is asked for again only where it may have passed (a busy or full GPU, a system that is still starting).
 * The CUDA run time is part of the library: a machine needs the NVIDIA driver and nothing else.
 */
public final class CudaLibrary {
    /** A file to load instead of the library in this build; empty or unset: the one in this build. For tests. */
    public static final String FILE_PROPERTY = "elbo4j.cuda.library";

    private static final String NAME = "jniElboCuda";
    private static final int STUB = 34;
    private static final int OLD_DRIVER = 35;
    private static final int NO_DEVICE = 100;
    private static final int EXCLUSIVE = 46;
    private static final int NOT_READY = 802;
    /** Refusals that pass: who asks again may be answered otherwise. */
    private static final Set<Integer> PASSING = Set.of(CudaErrors.OUT_OF_MEMORY, EXCLUSIVE, NOT_READY);

    private static Found found;
    private static boolean loaded;

    private CudaLibrary() {}

    /** What was found, devices in the order of their numbers; each is examined when it is asked for. */
    record Found(String problem, boolean passes, boolean driver, CudaDevice[] examined) {
        private static Found nothing(String problem, boolean passes, boolean driver) {
            return new Found(problem, passes, driver, new CudaDevice[0]);
        }

        CudaDevice device(int index) {
            synchronized (examined) {
                return examined[index] != null ? examined[index] : examine(index);
            }
        }

        private CudaDevice examine(int index) {
            CudaDevice device;
            int error;
            try {
                device = CudaDevice.describe(index);
                error = CudaDevice.probe(index);
                if (error != 0) {
                    device = device.refused(explain(error, device));
                }
            } catch (CudaException e) {
                device = new CudaDevice(index, "device " + index, 0, 0, 0, 0, Optional.of(e.getMessage()));
                error = e.number();
            }
            if (!PASSING.contains(error)) {
                examined[index] = device;
            }
            return device;
        }
    }

    private static synchronized Found found() {
        if (found == null || found.passes) {
            found = probe();
        }
        return found;
    }

    /** Why no device can be used here, a sentence with the remedy; empty if one can. */
    public static Optional<String> problem() {
        Found now = found();
        if (now.problem != null) {
            return Optional.of(now.problem);
        }
        Optional<String> first = Optional.empty();
        for (int i = 0; i < now.examined.length; i++) {
            Optional<String> problem = now.device(i).problem();
            if (problem.isEmpty()) {
                return problem;
            }
            first = first.or(() -> problem);
        }
        return first;
    }

    /** The devices of this machine, also those that cannot be used; none if the library or the driver refuses. */
    public static List<CudaDevice> devices() {
        Found now = found();
        return IntStream.range(0, now.examined.length).mapToObj(now::device).toList();
    }

    /**
     * @throws IllegalStateException if there is none that can be used, with the reason
     * @throws IllegalArgumentException if there is no device of that number
     */
    public static CudaDevice device(int index) {
        Found now = found();
        if (now.problem != null) {
            throw new IllegalStateException("backend cuda is not available: " + now.problem);
        }
        if (index < 0 || index >= now.examined.length) {
            throw new IllegalArgumentException("device must be the number of a GPU of this machine, from 0 to "
                    + (now.examined.length - 1) + ", not " + index);
        }
        return now.device(index);
    }

    /** The number of the first device that can be used, or -1; the others are not woken. */
    public static int firstUsable() {
        Found now = found();
        for (int i = 0; i < now.examined.length; i++) {
            if (now.device(i).problem().isEmpty()) {
                return i;
            }
        }
        return -1;
    }

    /** Whether kernels run on the CPU: the library is the emulation of the tests. */
    public static boolean emulated() {
        return found().problem == null && ElboCuda.elbo4j_cuda_emulated() == 1;
    }

    /** Whether the library was loaded and there is an NVIDIA driver, usable or not. */
    public static boolean hasDriver() {
        return found().driver;
    }

    static Found probe() {
        try {
            String missing = load();
            return missing != null ? Found.nothing(missing, false, false) : countDevices();
        } catch (LinkageError | RuntimeException | IOException e) {
            return Found.nothing(CpuLibrary.explain(e), false, false);
        }
    }

    /** Why there is no library, or null; the first file that is loaded stays, whatever is asked for later. */
    private static synchronized String load() throws IOException {
        if (!loaded) {
            String missing = loadOnce();
            if (missing != null) {
                return missing;
            }
            loaded = true;
        }
        return ElboCuda.elbo4j_cuda_header().getString().equals(CudaHeader.sha256()) ? null
                : "the CUDA library is of another version: give all jars of elbo4j the same version";
    }

    private static String loadOnce() throws IOException {
        String file = System.getProperty(FILE_PROPERTY, "");
        if (!file.isEmpty()) {
            if (!Files.isReadable(Path.of(file))) {
                return FILE_PROPERTY + " names " + file + ", which cannot be read";
            }
            NativeLibrary.load(Path.of(file));
            return null;
        }
        URL library = Loader.findResource(ElboCuda.class, Loader.getPlatform() + "/" + System.mapLibraryName(NAME));
        if (library == null) {
            return "there is no CUDA library for " + Loader.getPlatform() + ": elbo4j-jni-VERSION-"
                    + Loader.getPlatform() + "-cuda.jar is not on the class path (on the module path it takes"
                    + " --add-modules=ALL-MODULE-PATH), or elbo4j was built on another platform, or where there was no"
                    + " GPU or no nvcc (-Dnative=cuda builds it, or says what is missing)";
        }
        NativeLibrary.load(library);
        return null;
    }

    private static Found countDevices() {
        try (IntPointer count = new IntPointer(1L); IntPointer driver = new IntPointer(1L);
                IntPointer runtime = new IntPointer(1L)) {
            int error = ElboCuda.elbo4j_cuda_device_count(count);
            ElboCuda.elbo4j_cuda_last_error();
            if (error == 0 && count.get() > 0) {
                return new Found(null, false, true, new CudaDevice[count.get()]);
            }
            ElboCuda.elbo4j_cuda_versions(driver, runtime);
            return Found.nothing(explain(error == 0 ? NO_DEVICE : error, driver.get(), runtime.get()),
                    PASSING.contains(error), driver.get() > 0);
        }
    }

    /** Why a device cannot be used. */
    static String explain(int error, CudaDevice device) {
        // without code for it, some drivers say that the function is invalid
        if (error == 209 || error == 98 || device.major() * 10 + device.minor() < 75) {
            return "this build of elbo4j holds no code for compute capability " + device.major() + "." + device.minor()
                    + ": 7.5 (Turing) or newer is needed";
        }
        try (IntPointer driver = new IntPointer(1L); IntPointer runtime = new IntPointer(1L)) {
            ElboCuda.elbo4j_cuda_versions(driver, runtime);
            return explain(error, driver.get(), runtime.get());
        }
    }

    /** Why there is no usable GPU, with the remedy; versions as 1000 major + 10 minor, 0 if there is no driver. */
    static String explain(int error, int driver, int runtime) {
        int needed = runtime / 1000;
        String release = needed >= 13 ? "R580" : "R525";
        if (error == OLD_DRIVER && driver == 0) {
            return "there is no NVIDIA driver on this machine: for a GPU of NVIDIA install one that supports CUDA "
                    + needed + ".0 (" + release + " or newer)";
        }
        return switch (error) {
            case OLD_DRIVER -> "the NVIDIA driver supports CUDA " + version(driver) + ", this build needs " + needed
                    + ".0 (driver " + release + " or newer): update the driver"
                    + (driver / 1000 >= 12 ? ", or rebuild with a CUDA " + driver / 1000 + " toolkit" : "");
            case NO_DEVICE -> "the NVIDIA driver sees no GPU: see what nvidia-smi lists, whether CUDA_VISIBLE_DEVICES"
                    + " hides it, and in a container whether it was started with the GPUs (--gpus all)";
            case STUB -> "what was loaded as the NVIDIA driver is the toolkit's stub: take the folder lib64/stubs out"
                    + " of LD_LIBRARY_PATH";
            case 222 -> "the GPU is newer than the code in this build, and the driver (CUDA " + version(driver)
                    + ") cannot compile it: update the driver to one that supports CUDA " + version(runtime);
            case EXCLUSIVE -> "another process has the GPU in exclusive mode: wait for it, or choose another GPU with"
                    + " CUDA_VISIBLE_DEVICES";
            case CudaErrors.OUT_OF_MEMORY -> "the GPU has no memory left for this process: see in nvidia-smi which"
                    + " others use it";
            case NOT_READY -> "the system of GPUs is still starting: start the service nvidia-fabricmanager, or wait";
            case 803 -> "the NVIDIA driver's libraries and its kernel module are of different versions: restart the"
                    + " machine after the update of the driver (in a container: restart it)";
            case 804 -> "the CUDA compatibility package does not support this GPU or driver: take its folder (compat)"
                    + " out of LD_LIBRARY_PATH, or update the driver to one that supports CUDA " + version(runtime);
            case 999 -> "the NVIDIA driver failed without a reason: restart the machine (after a suspend, reloading the"
                    + " module nvidia_uvm may do)";
            default -> "CUDA reports: " + CudaErrors.said(ElboCuda.elbo4j_cuda_error_string(error)) + " ("
                    + CudaErrors.said(ElboCuda.elbo4j_cuda_error_name(error)) + ", error " + error
                    + "): see whether nvidia-smi works";
        };
    }

    private static String version(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }
}
