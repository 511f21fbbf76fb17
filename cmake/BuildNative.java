import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.tools.Builder;

/**
 * Builds the native libraries with CMake and puts them beside the classes, or says in one sentence why it does not.
 * Run by Maven: {@code java -cp <classes and JavaCPP> BuildNative.java <mode> <root> <work folder> <classes>}. The mode
 * is auto (what can be built here, for the processor and the GPUs that are here), off, cpu or cuda (fail where that
 * cannot be built, and for all processors and GPUs); or emulation-sanitized,
 * -plain or -off: the CUDA kernels compiled for the CPU, for tests, which stay in the work folder, with and without
 * sanitizers, without alone, or not at all; or check: what nvcc makes of the CUDA kernels, see CheckCuda.java.
 */
class BuildNative {
    /** What CMake finds by itself when it configures: names of programs, and environment variables. */
    static final List<String> PROGRAMS = List.of("c++", "g++", "clang++", "ninja", "make", "ld", "ar", "nm");
    static final List<String> VARIABLES = List.of("CXX", "CXXFLAGS", "LDFLAGS", "CMAKE_GENERATOR", "CUDAFLAGS",
            "CUDAHOSTCXX");

    /** The library cannot be built here, and that is nobody's mistake in the sources. */
    static class Unavailable extends Exception {
        private static final long serialVersionUID = 1;
        Unavailable(String why) { super(why); }
    }

    /** The sources do not compile. */
    static class Broken extends Exception {
        private static final long serialVersionUID = 1;
        Broken(String what) { super(what); }
    }

    /** One of the libraries: each has a work folder of its own, so that none hinders another. */
    enum Library {
        CPU("cpu", "the CPU library", "a minute or two"),
        CUDA("cuda", "the CUDA library", "some minutes"),
        EMULATION("cuda", "the emulation of the CUDA library", "a minute or two"),
        SANITIZED("cuda", "the emulation of the CUDA library with sanitizers", "a minute or two");

        final String api, title, time;

        Library(String api, String title, String time) {
            this.api = api;
            this.title = title;
            this.time = time;
        }

        boolean emulated() {
            return this == EMULATION || this == SANITIZED;
        }

        String option() {
            return name().toLowerCase();
        }

        String file() {
            return System.mapLibraryName("jniElbo" + api.substring(0, 1).toUpperCase() + api.substring(1));
        }

        String jniPackage() {
            return "io/elbo4j/" + api + "/jni";
        }
    }

    /** Of the CUDA library, with the code for all GPUs. */
    static final long MOST_BYTES = 16_000_000;

    final Library library;
    final Path root, work, classes, placed;
    /** Compute capabilities, as 90, for which CUDA is compiled; empty for all. */
    List<String> gpus = List.of();
    /** Instruction-set levels, for CMake: all, or that of this processor. */
    String levels = "all";

    BuildNative(Library library, Path root, Path work, Path classes) {
        this.library = library;
        this.root = root;
        this.work = work.resolve(library.option());
        this.classes = classes;
        placed = library.emulated() ? this.work.resolve(library.file())
                : classes.resolve(library.jniPackage()).resolve(Loader.Detector.getPlatform()).resolve(library.file());
    }

    public static void main(String[] arguments) throws Exception {
        String mode = arguments[0];
        switch (mode) {
            case "auto", "off", "cpu", "cuda" -> {
                make(Library.CPU, mode, arguments);
                make(Library.CUDA, mode, arguments);
            }
            case "emulation-off" -> {
                // tests would take an old one for the present one
                make(Library.EMULATION, "off", arguments);
                make(Library.SANITIZED, "off", arguments);
            }
            case "emulation-plain" -> make(Library.EMULATION, mode, arguments);
            case "emulation-sanitized" -> {
                make(Library.EMULATION, mode, arguments);
                make(Library.SANITIZED, mode, arguments);
            }
            case "check" -> check(arguments);
            default -> fail(mode.startsWith("emulation-")
                    ? "-Demulation=" + mode.substring(10) + " is unknown; plain or off is expected, or nothing."
                    : "-Dnative=" + mode + " is unknown; auto (the default), off, cpu or cuda is expected.");
        }
    }

    /** Only where the CUDA library has been built, and once for each state of its sources. */
    static void check(String[] arguments) throws Exception {
        BuildNative cuda = new BuildNative(Library.CUDA, path(arguments[1]), path(arguments[2]), path(arguments[3]));
        if (!Files.exists(cuda.placed)) return;
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (String folder : List.of("native/cuda", "native/operations", "native/spec", "native/include", "cmake")) {
            try (Stream<Path> files = Files.walk(cuda.root.resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    digest.update(Files.readAllBytes(file));
                }
            }
        }
        Path folder = cuda.work.resolve("check"), stamp = folder.resolve("inputs.sha256");
        String hash = HexFormat.of().formatHex(digest.digest());
        if (!stale(stamp, hash)) return;
        delete(folder);
        Files.createDirectories(folder);
        int status = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                cuda.root.resolve("cmake/CheckCuda.java").toString(), nvcc().toString(), cuda.root.toString(),
                cuda.kept().toString(), folder.toString()).inheritIO().start().waitFor();
        if (status != 0) System.exit(1);
        Files.writeString(stamp, hash);
    }

    static void make(Library library, String mode, String[] arguments) throws Exception {
        BuildNative build = new BuildNative(library, path(arguments[1]), path(arguments[2]), path(arguments[3]));
        if (mode.equals("off") || mode.equals("cpu") && library == Library.CUDA) {
            build.remove();
            say(capital(library.title) + " is not built, as -D" + (library.emulated() ? "emulation=" : "native=") + mode
                    + " asks.");
            return;
        }
        try {
            if (library == Library.CUDA && mode.equals("auto")) build.gpus = gpus();
            if (library == Library.CPU && mode.equals("auto")) build.levels = "native";
            build.build();
        } catch (Unavailable e) {
            build.remove();
            if (mode.equals(library.option()) && !library.emulated()) {
                fail("-Dnative=" + mode + " asks for " + library.title + ", but " + e.getMessage() + ".");
            }
            say(capital(library.title) + " is not built, because " + e.getMessage() + ".");
        } catch (Broken e) {
            build.remove();
            fail(e.getMessage());
        }
    }

    void build() throws Exception {
        Path cmake = require("cmake is not in PATH", "cmake");
        if (System.getenv("CXX") == null) {
            require("no C++ compiler (c++, g++ or clang++) is in PATH and CXX is not set", "c++", "g++", "clang++");
        }
        boolean ninja = find("ninja") != null;
        if (!ninja) require("neither ninja nor make is in PATH", "make");
        List<String> nvcc = library == Library.CUDA ? List.of("-DCMAKE_CUDA_COMPILER=" + nvcc()) : List.of();
        Path include = jniHeaders();
        generateJni(work.resolve("jni"));

        Path folder = work.resolve("cmake"), libraries = work.resolve("lib");
        List<String> configure = new ArrayList<>(List.of(cmake.toString(), "-S", root.toString(), "-B",
                folder.toString(), "-DCMAKE_BUILD_TYPE=Release",
                "-DELBO4J_LIBRARY=" + (library.emulated() ? "emulation" : library.option()),
                "-DELBO4J_EMULATION_SANITIZE=" + (library == Library.SANITIZED ? "ON" : "OFF"),
                "-DELBO4J_JNI_DIR=" + work.resolve("jni"), "-DELBO4J_JNI_INCLUDE=" + include,
                "-DELBO4J_LIBRARY_DIR=" + libraries));
        configure.addAll(nvcc);
        if (library == Library.CUDA) configure.add("-DELBO4J_CUDA_GPUS=" + String.join(";", gpus));
        if (library == Library.CPU) configure.add("-DELBO4J_CPU_LEVELS=" + levels);
        if (System.getenv("CMAKE_GENERATOR") == null) {
            configure.addAll(List.of("-G", ninja ? "Ninja" : "Unix Makefiles"));
        }
        configure(configure, folder);

        Path log = work.resolve("build.log"), built = libraries.resolve(library.file());
        List<String> compile = new ArrayList<>(List.of(cmake.toString(), "--build", folder.toString()));
        if (System.getenv("CMAKE_BUILD_PARALLEL_LEVEL") == null) {
            compile.addAll(List.of("-j", "" + Runtime.getRuntime().availableProcessors()));
        }
        if (!Files.exists(built)) say("Compiling " + library.title + " (" + library.time + "; log: " + log + ").");
        if (run(compile, log) != 0) {
            System.out.print(Files.readString(log));
            throw new Broken("The native sources do not compile (see above); -Dnative=off builds without them.");
        }
        if (library == Library.CUDA) forgetAllButTexts();
        if (library == Library.CUDA && Files.size(built) >= MOST_BYTES) {
            throw new Broken("The CUDA library has " + Files.size(built) + " bytes; it must stay below " + MOST_BYTES
                    + ", as every user downloads it: fewer instances of its kernels make it smaller.");
        }
        boolean same = Files.exists(placed) && Files.mismatch(built, placed) < 0;
        if (!same) {
            Files.createDirectories(placed.getParent());
            Files.copy(built, placed, StandardCopyOption.REPLACE_EXISTING);
        }
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(built)));
        if (stale(digest(), hash)) Files.writeString(digest(), hash);
        say(capital(library.title) + " is " + (same ? "up to date" : "built") + (levels.equals("all") ? "."
                : " for processors like this one; on others it is slow. -Dnative=cpu builds it for all."));
    }

    /** Where nvcc leaves its intermediate files; see Elbo4jCuda.cmake. */
    Path kept() {
        return work.resolve("cmake/kept");
    }

    /** They are half a gigabyte. */
    void forgetAllButTexts() throws IOException {
        try (Stream<Path> files = Files.list(kept())) {
            for (Path file : files.filter(path -> !path.toString().matches(".*\\.ptx|.*texts")).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Of the GPUs of this machine: code for others takes minutes, and only a release needs it. */
    static List<String> gpus() throws Exception {
        String instead = "; -Dnative=cuda builds it for all";
        nvcc();
        Path smi = require("there is no NVIDIA GPU here (nvidia-smi is not in PATH)" + instead, "nvidia-smi");
        Process process = new ProcessBuilder(smi.toString(), "--query-gpu=compute_cap", "--format=csv,noheader")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<String> found;
        try (BufferedReader said = process.inputReader()) {
            found = said.lines().filter(line -> line.matches("\\d+\\.\\d")).map(line -> line.replace(".", ""))
                    .distinct().sorted(Comparator.comparing(Integer::valueOf)).toList();
        }
        if (process.waitFor() != 0 || found.isEmpty()) {
            throw new Unavailable("nvidia-smi finds no NVIDIA GPU here" + instead);
        }
        return found;
    }

    /** Where people have the compiler, in the order in which they would want it. */
    static Path nvcc() throws IOException, Unavailable {
        if (System.getenv("CUDACXX") != null) return Path.of(System.getenv("CUDACXX"));
        Path inPath = find("nvcc");
        if (inPath != null) return inPath;
        List<Path> homes = new ArrayList<>();
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            if (System.getenv(variable) != null) homes.add(Path.of(System.getenv(variable)));
        }
        homes.add(Path.of("/usr/local/cuda"));
        Path local = Path.of("/usr/local");
        try (Stream<Path> versions = Files.exists(local) ? Files.list(local) : Stream.of()) {
            versions.filter(path -> path.getFileName().toString().startsWith("cuda-")).sorted(Comparator.reverseOrder())
                    .forEach(homes::add);
        }
        homes.add(Path.of("/opt/cuda"));
        for (Path home : homes) {
            Path nvcc = home.resolve("bin").resolve(executable("nvcc"));
            if (Files.isExecutable(nvcc)) return nvcc;
        }
        throw new Unavailable("nvcc, the compiler of the CUDA toolkit, is not in PATH, CUDACXX, CUDA_HOME, CUDA_PATH or"
                + " /usr/local/cuda*");
    }

    /** jni.h comes with a JDK; a JRE, or a run time made by jlink, may lack it. */
    static Path jniHeaders() throws Unavailable {
        List<String> homes = new ArrayList<>(List.of(System.getProperty("java.home")));
        if (System.getenv("JAVA_HOME") != null) homes.add(System.getenv("JAVA_HOME"));
        for (String home : homes) {
            Path include = Path.of(home, "include");
            if (Files.exists(include.resolve("jni.h"))) return include;
        }
        throw new Unavailable("there is no include/jni.h in " + String.join(" or ", homes.stream().distinct().toList())
                + " (a full JDK has it)");
    }

    /**
     * JavaCPP runs only when what it reads has changed: it takes its time.
     */
    void generateJni(Path folder) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        List<Path> inputs = new ArrayList<>();
        String presets = "io/elbo4j/" + library.api + "/presets";
        for (Path tree : List.of(classes.resolve(library.jniPackage()), classes.resolve(presets),
                root.resolve("native/include"))) {
            try (Stream<Path> files = Files.walk(tree)) {
                files.filter(file -> file.toString().matches(".*\\.class|.*elbo4j_" + library.api + "\\.h")).sorted()
                        .forEach(inputs::add);
            }
        }
        for (Path input : inputs) {
            digest.update(input.toString().getBytes("UTF-8"));
            digest.update(Files.readAllBytes(input));
        }
        digest.update(Loader.getVersion().getBytes("UTF-8"));
        String hash = HexFormat.of().formatHex(digest.digest());
        Path stamp = folder.resolve("inputs.sha256");
        if (!stale(stamp, hash)) return;
        delete(folder);
        Files.createDirectories(folder);
        new Builder().classPaths(classes.toString()).classesOrPackages(library.jniPackage().replace('/', '.') + ".*")
                .outputDirectory(folder.toString()).compile(false).deleteJniFiles(false).build();
        try (Stream<Path> sources = Files.list(folder)) {
            for (Path source : sources.filter(file -> file.toString().endsWith(".cpp")).toList()) sort(source);
        }
        Files.writeString(stamp, hash);
    }

    /**
     * JavaCPP writes functions and members as the JVM lists them, in another order every time; sorted by their names,
     * the same sources become the same library.
     */
    static void sort(Path source) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String line : Files.readAllLines(source)) {
            if (line.matches("\\s*\\{ \"sizeof\".*")) line = sorted(line, "\"(?!sizeof)\\w+\"");
            if (line.matches("\\s*\\{ sizeof\\(.*")) line = sorted(line, "offsetof\\([^)]*\\)");
            lines.append(line).append('\n');
        }
        Files.writeString(source, sorted(lines.toString(), "(?ms)^JNIEXPORT .*?^}\n"));
    }

    /** The text with what matches, and nothing else, in order. */
    static String sorted(String text, String regex) {
        Pattern pattern = Pattern.compile(regex);
        Iterator<String> next = pattern.matcher(text).results().map(MatchResult::group).sorted().iterator();
        return pattern.matcher(text).replaceAll(match -> Matcher.quoteReplacement(next.next()));
    }

    /** CMake keeps what it found in a cache, good or bad: it starts afresh whenever it could find something else. */
    void configure(List<String> command, Path folder) throws Exception {
        StringBuilder asked = new StringBuilder(String.join("\n", command));
        for (String name : PROGRAMS) asked.append('\n').append(name).append(": ").append(find(name));
        for (String name : VARIABLES) asked.append('\n').append(name).append('=').append(System.getenv(name));
        Path stamp = folder.resolve("configured-with.txt");
        if (!stale(stamp, asked.toString())) return;
        delete(folder);
        Files.createDirectories(folder);
        Path log = work.resolve("configure.log");
        if (run(command, log) != 0) {
            delete(folder);
            throw new Unavailable("cmake could not configure it (log: " + log + ")" + reason(log));
        }
        Files.writeString(stamp, asked);
    }

    /** The first sentence after "CMake Error", which is where CMake puts the cause. */
    static String reason(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        StringBuilder sentence = new StringBuilder();
        boolean found = false;
        for (String line : lines) {
            if (found && !line.isBlank()) sentence.append(' ').append(line.strip());
            if (found && line.endsWith(".") || sentence.length() > 300) break;
            found |= line.startsWith("CMake Error");
        }
        return sentence.isEmpty() ? "" : "; it says:" + sentence.toString().replaceAll("\\.$", "");
    }

    static boolean stale(Path stamp, String content) throws IOException {
        return !Files.exists(stamp) || !Files.readString(stamp).equals(content);
    }

    /** An old library beside new classes would be worse than none. */
    void remove() throws IOException {
        Files.deleteIfExists(placed);
        Files.deleteIfExists(digest());
    }

    /** A part of the name that the library has when it is unpacked. */
    Path digest() {
        return placed.resolveSibling(library.file() + ".sha256");
    }

    static Path require(String otherwise, String... names) throws Unavailable {
        for (String name : names) {
            Path found = find(name);
            if (found != null) return found;
        }
        throw new Unavailable(otherwise);
    }

    static Path find(String name) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path path = Path.of(folder.isEmpty() ? "." : folder, executable(name));
            if (Files.isExecutable(path) && !Files.isDirectory(path)) return path;
        }
        return null;
    }

    static String executable(String name) {
        return File.separatorChar == '\\' ? name + ".exe" : name;
    }

    static String capital(String sentence) {
        return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
    }

    static int run(List<String> command, Path log) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
    }

    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) return;
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    static Path path(String argument) {
        return Path.of(argument).toAbsolutePath().normalize();
    }

    static void say(String sentence) {
        System.out.println("[native] " + sentence);
    }

    static void fail(String sentence) {
        say(sentence);
        System.exit(1);
    }
}
