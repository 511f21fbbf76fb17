package io.elbo4j.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of images read by a JVM of its own, which has another locale or less memory. */
class ImageFolderProcessTest {
    /** As URIs have them, in the order of their bytes: not all are UTF-8, and in UTF-16 U+FF5E follows U+1F600. */
    private static final List<String> NAMES = List.of("%20.png", "B.png", "a.png", "b.png", "%80.png", "%C3%A4.jpg",
            "%C3%A4.png", "%E4.png", "%E4a.png", "%EF%BD%9E.png", "%F0%9F%98%80.png", "%FE.png", "%FF.png",
            "%FF%FF.png");

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
    void theOrderIsThatOfTheBytesInEveryLocale() throws Exception {
        assumeTrue(File.separatorChar == '/', "skipped: names are no bytes here");
        for (int i = 0; i < NAMES.size(); i++) {
            // Not in their order, which the file system may keep.
            int level = i * 5 % NAMES.size();
            Files.write(Path.of(URI.create(dir.toUri() + NAMES.get(level))), PngEncoder.grey(1, 1).encode(level));
        }
        List<String> inOrder = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            inOrder.add(String.valueOf(i));
        }
        for (String locale : List.of("C.UTF-8", "POSIX")) {
            assertEquals(String.join(" ", inOrder), read(locale), locale);
        }
    }

    @Test
    void tooLittleHeapIsASentence() throws Exception {
        byte[] blank = new PngEncoder(0, 1, 4000, 4000, false).encode(new int[16_000_000]);
        Path file = Files.write(dir.resolve("a.png"), blank);
        String more = ", more than is free of N MB: start java with a larger -Xmx";
        assertEquals(file + ": needs 61 MB of Java heap" + more, readWithin("48m"));
        Files.write(dir.resolve("b.png"), blank);
        assertEquals(dir + ": needs 122 MB of Java heap" + more, readWithin("100m"));
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(100 << 20);
        }
        assertEquals(dir + ": its 2 images need more Java heap than is free of N MB: start java with a larger -Xmx",
                readWithin("48m"));
    }

    /** What is said, but for the JVM's idea of the heap it may have. */
    private String readWithin(String heap) throws IOException, InterruptedException {
        return read("C.UTF-8", "-Xmx" + heap, "-XX:+UseSerialGC").replaceAll("of \\d+ MB:", "of N MB:");
    }
}
