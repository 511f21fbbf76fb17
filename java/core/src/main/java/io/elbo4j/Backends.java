package io.elbo4j;

import io.elbo4j.cpu.CpuBackend;
import io.elbo4j.cpu.CpuLibrary;
import io.elbo4j.cuda.CudaBackend;
import io.elbo4j.cuda.CudaDevice;
import io.elbo4j.cuda.CudaException;
import io.elbo4j.cuda.CudaLibrary;
import io.elbo4j.purejava.JavaBackend;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which backends there are, which can run here, and which is the best: the whole decision.
 *
 * <ul>
 *   <li>{@code java}: always.
 *   <li>{@code cpu}: where its native library loads, at the best instruction-set level of the processor, or below at
 * the level that the system property {@value #LEVEL_PROPERTY} names ({@code generic}, {@code v2}, {@code v3},
 *       {@code v4}).
 *   <li>{@code cuda}: where this build has the CUDA library and the NVIDIA driver a GPU that it can use, on the first
 *       such GPU; {@code cuda:1} on the one of that number.
 *   <li>{@code auto}: {@code cuda} if it is available, else {@code cpu}, else {@code java}. Cpu goes before java also
 *       for processors without a hardware fma (below x86-64-v3): {@link Math#fma} is decimal arithmetic there and takes
 *       114 ns, the native library's 1.5 to 4 ns. A level capped by the property is taken as asked for, although java
 *       may be faster.
 * </ul>
 *
 * All give the same bits, so the choice is one of speed.
 */
public final class Backends {
    /** Caps the instruction-set level of {@code cpu}. */
    public static final String LEVEL_PROPERTY = "elbo4j.cpu.level";

    private static final Map<String, Integer> LEVELS = Map.of("generic", 0, "v2", 2, "v3", 3, "v4", 4);
    private static final Pattern CUDA_DEVICE = Pattern.compile("cuda:(\\d{1,6})");

    private static final Logger LOGGER = System.getLogger("io.elbo4j");
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private Backends() {}

    /** A backend: whether it can run here, and what runs or, in words, why not. */
    public record Status(String name, boolean available, String detail) {}

    /** Every backend that elbo4j knows of. */
    public static List<Status> statuses() {
        List<Status> all = new ArrayList<>(cuda());
        all.add(cpu());
        all.add(java());
        return List.copyOf(all);
    }

    private static Status java() {
        try (Backend java = new JavaBackend(1)) {
            return new Status("java", true, java.description());
        } catch (IllegalStateException e) {
            return new Status("java", false, e.getMessage());
        }
    }

    /** One for each device, as {@code cuda:0}; or one that says why there is none. */
    private static List<Status> cuda() {
        List<CudaDevice> devices = CudaLibrary.devices();
        if (devices.isEmpty()) {
            return List.of(new Status("cuda", false, CudaLibrary.problem().orElseThrow()));
        }
        return devices.stream().map(Backends::cuda).toList();
    }

    private static Status cuda(CudaDevice device) {
        String name = "cuda:" + device.index();
        if (device.problem().isPresent()) {
            return new Status(name, false, device.description() + ": " + device.problem().get());
        }
        try (Backend cuda = new CudaBackend(device.index())) {
            return new Status(name, true, cuda.description());
        } catch (CudaException e) {
            return new Status(name, false, device.description() + ": " + e.getMessage());
        }
    }

    /**
     * Why {@code auto} is not {@code cuda} on this machine, in words, if that is worth saying: not where the build has
     * no CUDA library, or the machine no driver.
     */
    public static Optional<String> whyNotCuda() {
        return CudaLibrary.hasDriver() ? CudaLibrary.problem() : Optional.empty();
    }

    private static Status cpu() {
        if (CpuLibrary.problem().isPresent()) {
            return new Status("cpu", false, CpuLibrary.problem().get());
        }
        try (Backend cpu = openCpu(cpuLevel(), 1)) {
            return new Status("cpu", true, cpu.description());
        } catch (IllegalArgumentException wrongProperty) {
            return new Status("cpu", false, wrongProperty.getMessage());
        }
    }

    /** Opens a backend by name, on all processors: as {@link #open(String, int)} with 0. */
    public static Backend open(String name) {
        return open(name, 0);
    }

    /**
     * Opens a backend by name: {@code auto}, {@code java}, {@code cpu}, {@code cuda} or {@code cuda:N}, N being the
     * number of a GPU.
     *
     * @param threads how many threads work, the caller among them; 0 for all processors; cuda needs no more than one
     * @throws IllegalArgumentException for another name, fewer threads than 0 or a wrong {@value #LEVEL_PROPERTY}
     * @throws IllegalStateException if the backend cannot run here, with the reason
     */
    public static Backend open(String name, int threads) {
        Objects.requireNonNull(name, "backend must be a name, auto for the fastest one available, not null");
        if (name.equals("auto")) {
            return openBest(threads);
        }
        Backend opened = named(name, threads);
        LOGGER.log(Level.DEBUG, () -> "backend " + opened.name() + " is open: " + opened.description() + ", threads "
                + opened.threads());
        return opened;
    }

    /** Said once: what a faster one needs. */
    private static Backend openBest(int threads) {
        String best = best();
        if (!best.equals("cuda") && SAID.compareAndSet(false, true)) {
            whyNotCuda().ifPresent(why -> LOGGER.log(Level.WARNING, "the GPU is not used: " + why));
            if (best.equals("java")) {
                CpuLibrary.problem().ifPresent(why -> LOGGER.log(Level.INFO, "backend auto is java, many times slower"
                        + " than cpu: " + why));
            }
        }
        return open(best, threads);
    }

    private static Backend named(String name, int threads) {
        return switch (name) {
            case "java" -> new JavaBackend(threads(threads));
            case "cpu" -> openCpu(CpuLibrary.problem().isEmpty() ? cpuLevel() : 0, threads);
            case "cuda" -> openCuda();
            default -> openCuda(name);
        };
    }

    /** The name of what {@code auto} is here. */
    public static String best() {
        // the emulation of the tests is a thousand times slower than cpu, so that it must be asked for
        if (CudaLibrary.problem().isEmpty() && !CudaLibrary.emulated()) {
            return "cuda";
        }
        return CpuLibrary.problem().isEmpty() ? "cpu" : "java";
    }

    private static Backend openCuda() {
        CudaLibrary.problem().ifPresent(problem -> {
            throw new IllegalStateException("backend cuda is not available: " + problem);
        });
        return new CudaBackend(CudaLibrary.firstUsable());
    }

    private static Backend openCuda(String name) {
        Matcher device = CUDA_DEVICE.matcher(name);
        if (!device.matches()) {
            throw new IllegalArgumentException("backend must be auto, java, cpu, cuda or cuda:N, not "
                    + Quoted.of(name));
        }
        return new CudaBackend(Integer.parseInt(device.group(1)));
    }

    /**
     * Opens the cpu backend at an instruction-set level: 0 generic, 2 to 4: x86-64-v2 to -v4.
     *
     * @throws IllegalStateException if the native library does not load, with the reason
     * @throws IllegalArgumentException if the processor or the build lacks that level
     */
    public static Backend openCpu(int level, int threads) {
        // asked before CpuBackend is loaded, which fails in Java's own words where javacpp.jar is missing
        CpuLibrary.problem().ifPresent(problem -> {
            throw new IllegalStateException("backend cpu is not available: " + problem);
        });
        return new CpuBackend(level, threads(threads));
    }

    /** Whether {@link #openCpu} can open a level here. */
    public static boolean hasCpuLevel(int level) {
        return CpuLibrary.hasLevel(level);
    }

    private static int cpuLevel() {
        String asked = System.getProperty(LEVEL_PROPERTY);
        if (asked == null) {
            return CpuLibrary.bestLevel();
        }
        Integer level = LEVELS.get(asked);
        if (level == null) {
            throw new IllegalArgumentException(LEVEL_PROPERTY + " must be generic, v2, v3 or v4, not "
                    + Quoted.of(asked));
        }
        if (!CpuLibrary.hasLevel(level)) {
            String there = LEVELS.keySet().stream().filter(name -> CpuLibrary.hasLevel(LEVELS.get(name))).sorted()
                    .collect(Collectors.joining(", "));
            throw new IllegalArgumentException(LEVEL_PROPERTY + " must be a level that this processor and this build"
                    + " of the library have (" + there + "), not " + Quoted.of(asked));
        }
        return level;
    }

    private static int threads(int asked) {
        if (asked < 0) {
            throw new IllegalArgumentException("threads must be from 0 (all processors) to 1024, not " + asked);
        }
        return asked == 0 ? Runtime.getRuntime().availableProcessors() : asked;
    }
}
