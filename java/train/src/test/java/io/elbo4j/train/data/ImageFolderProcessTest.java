package io.elbo4j.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of images read by a JVM of its own, which has another locale or less memory. */
class ImageFolderProcessTest {
    @TempDir
    Path dir;

    /** Prints the first value of each image as a sample, or why there are none. */
    public static void main(String[] args) {
        try {
            Images images = ImageFolder.read(Path.of(args[0]));
            StringBuilder levels = new StringBuilder();
            for (int row = 0; row < images.rows(); row++) {
                levels.append(Math.round(images.value(row, 0) * 255)).append(' ');
            }
            System.out.println(levels);
        } catch (DataException e) {
            System.out.println(e.getMessage());
        }
    }

    private String read(String locale, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ImageFolderProcessTest.class.getName(),
                dir.toString()));
        ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
        process.environment().remove("LANG");
        process.environment().put("LC_ALL", locale);
        Process started = process.start();
        String said = new String(started.getInputStream().readAllBytes()).strip();
        assertEquals(0, started.waitFor(), said);
        return said;
    }

    @Test
    void tooLittleHeapIsASentence() throws Exception {
        byte[] blank = new PngEncoder(0, 1, 4000, 4000, false).encode(new int[16_000_000]);
        Files.write(dir.resolve("a.png"), blank);
        assertEquals(dir.resolve("a.png") + ": needs 61 MB of Java heap, more than is free of 48 MB: start java with a"
                + " larger -Xmx", read("C.UTF-8", "-Xmx48m", "-XX:+UseSerialGC").replaceAll("of 4[0-9] MB", "of 48 MB"));
        Files.write(dir.resolve("b.png"), blank);
        assertEquals(dir + ": needs 122 MB of Java heap, more than is free of 100 MB: start java with a larger -Xmx",
                read("C.UTF-8", "-Xmx100m", "-XX:+UseSerialGC").replaceAll("of [0-9]+ MB:", "of 100 MB:"));
        Files.write(dir.resolve("b.png"), new byte[100 << 20]);
        Files.delete(dir.resolve("a.png"));
        assertEquals(dir + ": its 1 images need more Java heap than is free of 48 MB: start java with a larger -Xmx",
                read("C.UTF-8", "-Xmx48m", "-XX:+UseSerialGC").replaceAll("of [0-9]+ MB:", "of 48 MB:"));
    }
}
