package io.elbo4j.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadProgressTest {
    private static final int ROWS = 300;
    private static final int COLUMNS = 1024;

    @TempDir
    Path dir;

    /** What reading said: never less than before, and all of it at the end. */
    private static List<Long> said(String data, long all) {
        return said(all, progress -> DataSource.read(DataName.parse(data), progress));
    }

    private static List<Long> said(long all, Consumer<ReadProgress> reading) {
        List<Long> said = new ArrayList<>();
        reading.accept((done, of) -> {
            assertEquals(all, of);
            assertTrue(done <= of && (said.isEmpty() || said.get(said.size() - 1) <= done), () -> done + " " + said);
            said.add(done);
        });
        assertEquals(all, said.get(said.size() - 1));
        return said;
    }

    @Test
    void anArraySaysItsBytes() throws IOException {
        Path file = dir.resolve("x.npy");
        NpyWriter.write(file, ROWS, COLUMNS, new float[ROWS * COLUMNS]);
        assertEquals(5, said("npy=" + file, Files.size(file)).size());
        assertEquals(5, said(Files.size(file), progress -> NpyReader.stream(file, progress).close()).size());
    }

    @Test
    void anArrayInFortranOrderSaysItsBytes() throws IOException {
        Path file = dir.resolve("x.npy");
        NpyWriter.write(file, ROWS, COLUMNS, new float[ROWS * COLUMNS]);
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.writeString(file, bytes.replace("'fortran_order': False", "'fortran_order': True "),
                StandardCharsets.ISO_8859_1);
        assertEquals(5, said("npy=" + file, Files.size(file)).size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bothIdxFilesAreOneReading(boolean gzipped) throws IOException {
        Path train = idx("train-images-idx3-ubyte", ROWS, gzipped);
        Path test = idx("t10k-images-idx3-ubyte", ROWS / 3, gzipped);
        List<Long> said = said("mnist=" + dir, Files.size(train) + Files.size(test));
        assertTrue(said.contains(Files.size(train)) && said.get(0) < Files.size(train), said::toString);
    }

    /** Of bytes that do not shrink. */
    private Path idx(String name, int images, boolean gzipped) throws IOException {
        byte[] pixels = new byte[images * COLUMNS];
        new Random(7).nextBytes(pixels);
        ByteBuffer bytes = ByteBuffer.allocate(16 + pixels.length).putInt(0x803).putInt(images).putInt(32).putInt(32)
                .put(pixels);
        Path file = dir.resolve(name + (gzipped ? ".gz" : ""));
        try (OutputStream plain = Files.newOutputStream(file);
                OutputStream out = gzipped ? new GZIPOutputStream(plain) : plain) {
            out.write(bytes.array());
        }
        return file;
    }

    @Test
    void aFolderSaysItsFiles() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            Files.write(dir.resolve(name + ".png"), PngEncoder.grey(1, 1).encode(7));
        }
        assertEquals(List.of(1L, 2L, 3L), said("images=" + dir, 3));
    }

    @Test
    void spritesSayTheirImages() {
        said("sprites", DataSource.SPRITES_TRAIN + DataSource.SPRITES_TEST);
    }
}
