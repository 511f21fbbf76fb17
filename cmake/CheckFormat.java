import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks that clang-format would leave the native sources as they are, and that no source has a line of more than 120
 * columns, which neither formatter breaks in a comment or a string. Run by Maven:
 * {@code java CheckFormat.java <root> <mode>}. The mode is auto (without clang-format of the right version: one
 * sentence), required (an error then), or write: the native sources are formatted.
 */
class CheckFormat {
    /** Another version formats otherwise. */
    static final int CLANG_FORMAT = 14;
    static final int COLUMNS = 120;

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]).toAbsolutePath().normalize();
        String mode = arguments[1];
        if (!List.of("auto", "required", "write").contains(mode)) {
            fail("-Dformat=" + mode + " is unknown; auto (the default), required or write is expected.");
        }
        List<Path> sources = new ArrayList<>();
        for (String folder : List.of("cmake", "java", "native", "tests")) {
            try (Stream<Path> files = Files.walk(root.resolve(folder))) {
                files.filter(file -> file.toString().matches(".*\\.(java|h|cpp|cu|inc)")).map(root::relativize)
                        .filter(file -> !file.toString().contains(File.separator + "target" + File.separator)).sorted()
                        .forEach(sources::add);
            }
        }
        List<String> natives = sources.stream().map(Path::toString).filter(file -> !file.endsWith(".java")).toList();
        String clangFormat = find();
        if (clangFormat == null) {
            String sentence = "The native sources' format is not checked, because clang-format " + CLANG_FORMAT
                    + " is not in PATH.";
            if (!mode.equals("auto")) fail(sentence);
            say(sentence);
        } else if (mode.equals("write")) {
            run(root, clangFormat, natives, "-i");
        } else if (run(root, clangFormat, natives, "--dry-run", "-Werror") != 0) {
            fail("The native sources above are not formatted; mvn -N exec:exec@format -Dformat=write formats them.");
        }
        boolean wide = false;
        for (Path source : sources) wide |= wide(root, source);
        if (wide) fail("A line has at most " + COLUMNS + " columns.");
    }

    static boolean wide(Path root, Path source) throws IOException {
        boolean wide = false;
        List<String> lines = Files.readAllLines(root.resolve(source));
        for (int i = 0; i < lines.size(); i++) {
            int columns = lines.get(i).codePointCount(0, lines.get(i).length());
            if (columns > COLUMNS) {
                wide = true;
                say(source + ":" + (i + 1) + " has " + columns + " columns.");
            }
        }
        return wide;
    }

    static String find() throws Exception {
        for (String name : List.of("clang-format-" + CLANG_FORMAT, "clang-format")) {
            for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
                Path path = Path.of(folder.isEmpty() ? "." : folder, name);
                if (Files.isExecutable(path) && version(path).contains("version " + CLANG_FORMAT + ".")) {
                    return path.toString();
                }
            }
        }
        return null;
    }

    static String version(Path path) throws IOException {
        Process process = new ProcessBuilder(path.toString(), "--version").start();
        return new String(process.getInputStream().readAllBytes());
    }

    static int run(Path root, String clangFormat, List<String> files, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(clangFormat));
        command.addAll(List.of(options));
        command.addAll(files);
        return new ProcessBuilder(command).directory(root.toFile()).inheritIO().start().waitFor();
    }

    static void say(String sentence) {
        System.out.println("[format] " + sentence);
    }

    static void fail(String sentence) {
        say(sentence);
        System.exit(1);
    }
}
