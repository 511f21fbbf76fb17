package io.elbo4j;

import io.elbo4j.cpu.CpuBackend;
import io.elbo4j.cpu.CpuLibrary;
import io.elbo4j.purejava.JavaBackend;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Which backends there are, which can run here, and which is the best: the whole decision.
 *
 * <ul>
 *   <li>{@code java}: always.
 *   <li>{@code cpu}: where its native library loads, at the best instruction-set level of the processor, or below at
 * the level that the system property {@value #LEVEL_PROPERTY} names ({@code generic}, {@code v2}, {@code v3},
 *       {@code v4}).
 *   <li>{@code cuda}: not in this version.
 *   <li>{@code auto}: {@code cpu} if it is available, else {@code java}. That holds for processors without a hardware
 *       fma too (below x86-64-v3): {@link Math#fma} is decimal arithmetic there and takes 114 ns, the native library's
 *       1.5 to 4 ns. A level capped by the property is taken as asked for, although java may be faster.
 * </ul>
 *
 * All give the same bits, so the choice is one of speed.
 */
public final class Backends {
    /** Caps the instruction-set level of {@code cpu}. */
    public static final String LEVEL_PROPERTY = "elbo4j.cpu.level";

    private static final Map<String, Integer> LEVELS = Map.of("generic", 0, "v2", 2, "v3", 3, "v4", 4);
    private static final String NO_CUDA = "this version has no CUDA kernels; use auto, java or cpu";

    private Backends() { }

    /** A backend: whether it can run here, and what runs or, in words, why not. */
    public record Status(String name, boolean available, String detail) { }

    /** Every backend that elbo4j knows of. */
    public static List<Status> statuses() {
        return List.of(cpu(), new Status("java", true, new JavaBackend(1).description()),
                new Status("cuda", false, NO_CUDA));
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

    /**
     * Opens a backend by name: {@code auto}, {@code java} or {@code cpu}.
     *
     * @param threads how many threads work, the caller among them; 0 for all processors
     * @throws IllegalArgumentException for another name, fewer threads than 0 or a wrong {@value #LEVEL_PROPERTY}
     * @throws IllegalStateException if the backend cannot run here, with the reason
     */
    public static Backend open(String name, int threads) {
        Objects.requireNonNull(name, "backend must be a name, auto for the fastest one available, not null");
        return switch (name) {
            case "auto" -> open(CpuLibrary.problem().isEmpty() ? "cpu" : "java", threads);
            case "java" -> new JavaBackend(threads(threads));
            case "cpu" -> openCpu(CpuLibrary.problem().isEmpty() ? cpuLevel() : 0, threads);
            case "cuda" -> throw new IllegalStateException("backend cuda is not available: " + NO_CUDA);
            default -> throw new IllegalArgumentException("backend must be auto, java, cpu or cuda, not '" + name + "'");
        };
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
            throw new IllegalArgumentException(LEVEL_PROPERTY + " must be generic, v2, v3 or v4, not '" + asked + "'");
        }
        if (!CpuLibrary.hasLevel(level)) {
            throw new IllegalArgumentException(LEVEL_PROPERTY + " must be a level that this processor has, at most "
                    + CpuLibrary.levelName(CpuLibrary.bestLevel()) + ", not '" + asked + "'");
        }
        return level;
    }

    private static int threads(int asked) {
        if (asked < 0) {
            throw new IllegalArgumentException("threads must be from 0 (all processors) to 1024, not " + asked);
        }
        return asked == 0 ? Runtime.getRuntime().availableProcessors() :
                asked;
    }
}
