import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.tools.Builder;

/**
 * Builds the native CPU library with CMake and puts it beside the classes, or says in one sentence why it does not.
 * Run by Maven: {@code java -cp <classes and JavaCPP> BuildNative.java <auto|off|cpu> <root> <work folder> <classes>}.
 */
class BuildNative {
    static final String LIBRARY = System.mapLibraryName("jniElboCpu");
    static final String PACKAGE = "io/elbo4j/cpu/jni";
    /** What CMake finds by itself when it configures: names of programs, and environment variables. */
    static final List<String> PROGRAMS = List.of("c++", "g++", "clang++", "ninja", "make", "ld", "ar", "nm");
    static final List<String> VARIABLES = List.of("CXX", "CXXFLAGS", "LDFLAGS", "CMAKE_GENERATOR");

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

    final Path root, work, classes, placed;

    BuildNative(Path root, Path work, Path classes) {
        this.root = root;
        this.work = work;
        this.classes = classes;
        placed = classes.resolve(PACKAGE).resolve(Loader.Detector.getPlatform()).resolve(LIBRARY);
    }

    public static void main(String[] arguments) throws Exception {
        String mode = arguments[0];
        if (!List.of("auto", "off", "cpu").contains(mode)) {
            fail("-Dnative=" + mode + " is unknown; auto (the default), off or cpu is expected.");
        }
        BuildNative build = new BuildNative(path(arguments[1]), path(arguments[2]), path(arguments[3]));
        if (mode.equals("off")) {
            build.remove();
            say("Not built, as -Dnative=off asks: elbo4j runs in pure Java.");
            return;
        }
        try {
            build.build();
        } catch (Unavailable e) {
            build.remove();
            if (mode.equals("cpu")) fail("-Dnative=cpu asks for the CPU library, but " + e.getMessage() + ".");
            say("The CPU library is not built, because " + e.getMessage() + ": elbo4j runs in pure Java.");
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
        Path include = jniHeaders();
        generateJni(work.resolve("jni"));

        Path folder = work.resolve("cmake"), libraries = work.resolve("lib");
        List<String> configure = new ArrayList<>(List.of(cmake.toString(), "-S", root.toString(), "-B", folder.toString(),
            "-DCMAKE_BUILD_TYPE=Release", "-DELBO4J_JNI_DIR=" + work.resolve("jni"), "-DELBO4J_JNI_INCLUDE=" + include,
            "-DELBO4J_LIBRARY_DIR=" + libraries));
        if (System.getenv("CMAKE_GENERATOR") == null) {
            configure.addAll(List.of("-G", ninja ? "Ninja" : "Unix Makefiles"));
        }
        configure(configure, folder);

        Path log = work.resolve("build.log");
        List<String> compile = new ArrayList<>(List.of(cmake.toString(), "--build", folder.toString()));
        if (System.getenv("CMAKE_BUILD_PARALLEL_LEVEL") == null) {
            compile.addAll(List.of("-j", "" + Runtime.getRuntime().availableProcessors()));
        }
        if (!Files.exists(libraries.resolve(LIBRARY))) say("Compiling the CPU library (a minute or two; log: " + log + ").");
        if (run(compile, log) != 0) {
            System.out.print(Files.readString(log));
            throw new Broken("The native sources do not compile (see above); -Dnative=off builds without them.");
        }
        Path built = libraries.resolve(LIBRARY);
        boolean same = Files.exists(placed) && Files.mismatch(built, placed) < 0;
        if (!same) {
            Files.createDirectories(placed.getParent());
            Files.copy(built, placed, StandardCopyOption.REPLACE_EXISTING);
        }
        say("The CPU library is " + (same ? "up to date." : "built."));
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
     * JavaCPP writes the same functions in another order every time, which would recompile them: it runs only when what
     * it reads has changed.
     */
    void generateJni(Path folder) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        List<Path> inputs = new ArrayList<>();
        for (Path tree : List.of(classes.resolve(PACKAGE), classes.resolve("io/elbo4j/cpu/presets"), root.resolve("native/include"))) {
            try (Stream<Path> files = Files.walk(tree)) {
                files.filter(file -> file.toString().matches(".*\\.(class|h)")).sorted().forEach(inputs::add);
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
        new Builder().classPaths(classes.toString()).classesOrPackages(PACKAGE.replace('/', '.') + ".*")
            .outputDirectory(folder.toString()).compile(false).deleteJniFiles(false).build();
        Files.writeString(stamp, hash);
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
    }

    static Path require(String otherwise, String... names) throws Unavailable {
        for (String name : names) {
            Path found = find(name);
            if (found != null) return found;
        }
        throw new Unavailable(otherwise);
    }

    static Path find(String name) {
        String file = File.separatorChar == '\\' ? name + ".exe" : name;
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path path = Path.of(folder.isEmpty() ? "." : folder, file);
            if (Files.isExecutable(path) && !Files.isDirectory(path)) return path;
        }
        return null;
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
