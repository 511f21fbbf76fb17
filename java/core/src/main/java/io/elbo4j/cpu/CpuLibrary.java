package io.elbo4j.cpu;

import io.elbo4j.Quoted;
import io.elbo4j.cpu.jni.ElboCpu;
import io.elbo4j.jni.CpuHeader;
import io.elbo4j.jni.NativeLibrary;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URL;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/** The native CPU library: loaded once, at the first question; a refusal keeps its reason in words. */
public final class CpuLibrary {
    private static final Logger LOGGER = System.getLogger("io.elbo4j");
    private static final int GENERIC = 0;
    private static final String CACHE = "-Dorg.bytedeco.javacpp.cachedir=DIR";

    private CpuLibrary() {}

    private static final class Probe {
        private static final String PROBLEM = load();
    }

    /** Why the library cannot be used here, a sentence with the remedy; empty if it can. */
    public static Optional<String> problem() {
        return Optional.ofNullable(Probe.PROBLEM);
    }

    /**
     * The best instruction-set level of this processor: 0 generic, 2 to 4 x86-64-v2 to -v4.
     *
     * @throws IllegalStateException if the library cannot be used, with the reason
     */
    public static int bestLevel() {
        problem().ifPresent(problem -> {
            throw new IllegalStateException("backend cpu is not available: " + problem);
        });
        return ElboCpu.elbo4j_cpu_best_level();
    }

    /** Whether the library can be used and a level can run here. */
    public static boolean hasLevel(int level) {
        return Probe.PROBLEM == null && ElboCpu.elbo4j_cpu_has_level(level) == 1;
    }

    /** Level {@code level} in words. */
    public static String levelName(int level) {
        return switch (level) {
            case GENERIC -> "generic";
            case 2 -> "x86-64-v2 (SSE4.2)";
            case 3 -> "x86-64-v3 (AVX2)";
            case 4 -> "x86-64-v4 (AVX-512)";
            default -> "unknown level " + level;
        };
    }

    private static String load() {
        try {
            String file = Loader.getPlatform() + "/" + System.mapLibraryName("jniElboCpu");
            URL library = Loader.findResource(ElboCpu.class, file);
            if (library == null) {
                return "there is no native library for " + Loader.getPlatform() + ": elbo4j-jni-VERSION-"
                        + Loader.getPlatform() + ".jar is not on the class path (on the module path it takes"
                        + " --add-modules=ALL-MODULE-PATH), or elbo4j was built on another platform, or without cmake"
                        + " and a C++ compiler; build it on this machine (with -Dnative=cpu the build says what is"
                        + " missing)";
            }
            NativeLibrary.load(library);
            LOGGER.log(Level.DEBUG, () -> "native library " + library + " is loaded");
            return ElboCpu.elbo4j_cpu_header().getString().equals(CpuHeader.sha256()) ? null
                    : "the native library is of another version: give all jars of elbo4j the same version";
        } catch (LinkageError | RuntimeException | IOException e) {
            return explain(e);
        }
    }

    /** What the system says, which names no remedy, with the remedy. */
    public static String explain(Throwable refusal) {
        Throwable root = refusal;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String said = root.getMessage() == null ? root.getClass().getName() : root.getMessage();
        String lower = said.toLowerCase(Locale.ROOT);
        String reason;
        if (root instanceof IOException) {
            reason = "the native library could not be unpacked into a folder: give " + CACHE
                    + " with a writable one that has 10 MB left";
        } else if (refusal instanceof NoClassDefFoundError
                && said.replace('/', '.').startsWith("org.bytedeco.javacpp.")) {
            reason = "javacpp.jar is not on the class path: add org.bytedeco:javacpp, a dependency of elbo4j-core";
        } else if (lower.contains("failed to map segment") || lower.contains("operation not permitted")) {
            reason = "the folder where the native library was unpacked forbids running code (noexec): give "
                    + CACHE + " with a folder that allows it";
        } else if (lower.contains("glibc_")) {
            reason = "the C library (glibc) of this system is older than the one the native library was built"
                    + " with: build elbo4j on this system";
        } else if (lower.contains("ld-linux") || lower.contains("error relocating") || lower.contains("musl")) {
            reason = "the native library needs glibc, which this system (musl, as Alpine Linux) lacks: use an image"
                    + " with glibc, or build elbo4j on this system";
        } else if (lower.contains("elf class") || lower.contains("elf header") || lower.contains("exec format")
                || lower.contains("can't load")) {
            reason = "the native library is for another processor, or its jar is damaged: build elbo4j on this system,"
                    + " or get the jar anew";
        } else {
            reason = "the native library could not be loaded";
        }
        return reason + " (" + Quoted.line(said) + ")";
    }
}
