import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.security.MessageDigest;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.tools.Builder;

/**
 * Turns the C API of the native CPU library into io.elbo4j.cpu.jni.ElboCpu, where the header or the preset has changed.
 * It needs no native tool, so the Java is the same everywhere. Run by Maven:
 * {@code java -cp <classes and JavaCPP> ParseHeader.java <root> <work folder> <classes> <generated sources>}.
 */
class ParseHeader {
    public static void main(String[] arguments) throws Exception {
        Path include = Path.of(arguments[0], "native", "include").toAbsolutePath().normalize();
        Path preset = Path.of(arguments[2], "io/elbo4j/cpu/presets/CpuConfig.class");
        Path generated = Path.of(arguments[3]), result = generated.resolve("io/elbo4j/cpu/jni/ElboCpu.java");
        Path stamp = Path.of(arguments[1], "parsed.sha256");

        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Files.readAllBytes(include.resolve("elbo4j_cpu.h")));
        digest.update(Files.readAllBytes(preset));
        digest.update(Loader.getVersion().getBytes("UTF-8"));
        String hash = HexFormat.of().formatHex(digest.digest());
        if (Files.exists(result) && Files.exists(stamp) && Files.readString(stamp).equals(hash)) return;

        Files.deleteIfExists(result);
        Files.createDirectories(generated);
        new Builder().classPaths(arguments[2]).classesOrPackages("io.elbo4j.cpu.presets.CpuConfig")
            .outputDirectory(generated.toString()).property("platform.includepath", include.toString())
            .generate(false).build();
        if (!Files.exists(result)) throw new IllegalStateException("JavaCPP made no " + result + " from " + include);
        Files.createDirectories(stamp.getParent());
        Files.writeString(stamp, hash);
    }
}
