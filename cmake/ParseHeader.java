import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.tools.Builder;

/**
 * Turns the C APIs of the native libraries into io.elbo4j.cpu.jni.ElboCpu and io.elbo4j.cuda.jni.ElboCuda, where a
 * header or its preset has changed. It needs no native tool, so the Java is the same everywhere. Run by Maven:
 * {@code java -cp <JavaCPP> ParseHeader.java <root> <work folder> <sources> <generated sources>}.
 */
class ParseHeader {
    public static void main(String[] arguments) throws Exception {
        Path include = Path.of(arguments[0], "native", "include").toAbsolutePath().normalize();
        Path work = Path.of(arguments[1]), sources = Path.of(arguments[2]), generated = Path.of(arguments[3]);
        parse("cpu", "Cpu", include, work, sources, generated);
        parse("cuda", "Cuda", include, work, sources, generated);
    }

    static void parse(String name, String capitalised, Path include, Path work, Path sources, Path generated)
            throws Exception {
        String preset = "io.elbo4j." + name + ".presets." + capitalised + "Config";
        Path source = sources.resolve(preset.replace('.', '/') + ".java");
        Path result = generated.resolve("io/elbo4j/" + name + "/jni/Elbo" + capitalised + ".java");
        Path stamp = work.resolve("parsed-" + name + ".sha256");

        writeHash(name, capitalised, include, generated);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Files.readAllBytes(include.resolve("elbo4j_" + name + ".h")));
        digest.update(Files.readAllBytes(source));
        digest.update(Files.readAllBytes(include.resolve("../../cmake/ParseHeader.java")));
        digest.update(Loader.getVersion().getBytes("UTF-8"));
        String hash = HexFormat.of().formatHex(digest.digest());
        if (Files.exists(result) && Files.exists(stamp) && Files.readString(stamp).equals(hash)) return;

        Files.createDirectories(result.getParent());
        deleteFiles(result.getParent());
        Files.createDirectories(generated);
        new Builder().classPaths(compile(source, work.resolve("presets"))).classesOrPackages(preset)
                .outputDirectory(generated.toString()).property("platform.includepath", include.toString())
                .generate(false).build();
        if (!Files.exists(result)) throw new IllegalStateException("JavaCPP made no " + result + " from " + include);
        mend(result.getParent());
        Files.createDirectories(stamp.getParent());
        Files.writeString(stamp, hash);
    }

    /**
     * io.elbo4j.jni.CpuHeader and CudaHeader: what the native library must say of the headers that it was built with,
     * as cmake/Elbo4jOperations.cmake computes it. A method, as a constant would be compiled into its users.
     */
    static void writeHash(String name, String capitalised, Path include, Path generated) throws Exception {
        String hashes = sha256(Files.readAllBytes(include.resolve("elbo4j_" + name + ".h")))
                + sha256(Files.readAllBytes(include.resolve("elbo4j_arguments.h")));
        String text = """
            package io.elbo4j.jni;

            /** The headers of the C API, elbo4j_%s.h and elbo4j_arguments.h. */
            public final class %sHeader {
                private %2$sHeader() {}

                /** The SHA-256 of the two of them. */
                public static String sha256() {
                    return "%s";
                }
            }
            """.formatted(name, capitalised, sha256(hashes.getBytes("UTF-8")));
        Path file = generated.resolve("io/elbo4j/jni/" + capitalised + "Header.java");
        if (Files.exists(file) && Files.readString(file).equals(text)) return;
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** A structure that a header no longer has would stay. */
    static void deleteFiles(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) Files.delete(file);
        }
    }

    /** The preset alone, not by Maven: it would take module-info too, which exports what is yet to be generated. */
    static String compile(Path source, Path classes) {
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-d", classes.toString(),
                "-cp", System.getProperty("java.class.path"), source.toString());
        if (status != 0) throw new IllegalStateException(source + " does not compile (see above)");
        return classes.toString();
    }

    /** JavaCPP writes raw types, which are not ours, and has each class load its library, which NativeLibrary does. */
    static void mend(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String mended = Files.readString(file).replaceFirst("(?m)^(@.*)?public class ",
                        "@SuppressWarnings({\"rawtypes\", \"unchecked\"})\n$0")
                        .replaceAll("(?m)^ *static \\{ Loader\\.load\\(\\); \\}\n", "");
                if (mended.contains("Loader.load(")) {
                    throw new IllegalStateException(file
                            + " loads a library by itself: JavaCPP writes it otherwise now");
                }
                Files.writeString(file, mended);
            }
        }
    }
}
