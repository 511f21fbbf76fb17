package io.elbo4j.train.data;

import io.elbo4j.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Names a file by its first bytes. A reader that is given a file of another format asks here, so that its sentence says
 * what the file is: "digits.npy: is a Git LFS pointer (...), expected a NumPy .npy file".
 */
public final class FileKind {
    /** As many first bytes as are looked at. */
    public static final int BYTES = 512;

    /** What stands at one place of every file of a kind; bytes as Latin-1 characters. */
    private record Signature(int offset, String bytes, String phrase) {
        boolean in(String start) {
            return start.startsWith(bytes, offset);
        }
    }

    /** The first that fits wins. */
    private static final List<Signature> SIGNATURES = List.of(
            new Signature(0, "\u0093NUMPY", "a NumPy .npy file"),
            new Signature(0, "\0\0\b\3", "an IDX file of images"),
            new Signature(0, "\0\0\b\1", "an IDX file of labels"),
            new Signature(0, "\u001f\u008b", "a gzip file (gunzip unpacks it)"),
            new Signature(0, "PK\5\6", "an empty zip archive"),
            new Signature(0, "version https://git-lfs", "a Git LFS pointer ('git lfs pull' fetches the file itself)"),
            new Signature(0, "/annex/objects/", "a git-annex pointer ('git annex get' fetches the file itself)"),
            new Signature(0, "GGUF", "a GGUF model"),
            new Signature(0, "\u0089HDF\r\n\u001a\n", "an HDF5 file"),
            new Signature(0, "CDF\1", "a NetCDF file"),
            new Signature(0, "CDF\2", "a NetCDF file"),
            new Signature(0, "MATLAB 5.0 MAT-file", "a MATLAB .mat file"),
            new Signature(0, "PAR1", "a Parquet file"),
            new Signature(0, "ARROW1", "an Arrow (Feather) file"),
            new Signature(0, "SQLite format 3\0", "an SQLite data base"),
            new Signature(0, "\u0089PNG\r\n\u001a\n", "a PNG picture"),
            new Signature(0, "\u00ff\u00d8\u00ff", "a JPEG picture"),
            new Signature(0, "GIF87a", "a GIF picture"),
            new Signature(0, "GIF89a", "a GIF picture"),
            new Signature(0, "II*\0", "a TIFF picture"),
            new Signature(0, "MM\0*", "a TIFF picture"),
            new Signature(0, "II+\0", "a BigTIFF picture"),
            new Signature(0, "MM\0+", "a BigTIFF picture"),
            new Signature(8, "WEBP", "a WebP picture"),
            new Signature(4, "ftypavif", "an AVIF picture"),
            new Signature(4, "ftyphei", "a HEIC picture"),
            new Signature(4, "ftypmif1", "a HEIF picture"),
            new Signature(4, "ftyp", "a film (MP4 or its like)"),
            new Signature(0, "\0\0\0\fjP  ", "a JPEG 2000 picture"),
            new Signature(0, "\0\0\0\fJXL ", "a JPEG XL picture"),
            new Signature(0, "\u00ff\n", "a JPEG XL picture"),
            new Signature(0, "8BPS", "a Photoshop picture"),
            new Signature(0, "\0\5\26\7", "a file that macOS puts beside another, whose name begins with '._'"),
            new Signature(0, "%PDF-", "a PDF document"),
            new Signature(0, "BZh", "a bzip2 file (bunzip2 unpacks it)"),
            new Signature(0, "\u00fd7zXZ\0", "an xz file (unxz unpacks it)"),
            new Signature(0, "(\u00b5/\u00fd", "a Zstandard file (unzstd unpacks it)"),
            new Signature(0, "7z\u00bc\u00af\u0027\u001c", "a 7-Zip archive"),
            new Signature(0, "Rar!\u001a\7", "a RAR archive"),
            new Signature(257, "ustar", "a tar archive ('tar xf' unpacks it)"),
            new Signature(0, "\u00ac\u00ed\0\5", "a file of serialised Java objects"),
            new Signature(0, "\u007fELF", "a program or library of Linux"),
            new Signature(0, "\u00ff\u00fe", "text in UTF-16 (PowerShell's > turns what it is given into such)"),
            new Signature(0, "\u00fe\u00ff", "text in UTF-16 (PowerShell's > turns what it is given into such)"));

    private FileKind() {}

    /** What the file is, or nothing where its first bytes are of no kind known here. */
    public static Optional<String> of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(BYTES));
        }
    }

    /**
     * What a file is that starts so, as a sentence goes on after "is": "a GIF picture".
     *
     * @param first the first {@value #BYTES} bytes, or the whole of a shorter file
     */
    public static Optional<String> of(byte[] first) {
        byte[] bytes = Arrays.copyOf(first, Math.min(first.length, BYTES));
        String start = new String(bytes, StandardCharsets.ISO_8859_1);
        if (start.startsWith("PK\3\4")) {
            return Optional.of(zip(start));
        }
        // Before the pickles: the length of a header may be 0x280.
        if (start.startsWith("\0\0\0\0{", 4)) {
            return Optional.of("a safetensors file");
        }
        if (pickle(start)) {
            return Optional.of("a Python pickle (older files of PyTorch are such as well)");
        }
        if (start.length() >= 16 && start.chars().allMatch(c -> c == 0)) {
            return Optional.of("a file that begins with zeros (an unfinished download?)");
        }
        if (start.startsWith("BM") && start.startsWith("\0\0\0\0", 6)) {
            return Optional.of("a BMP picture");
        }
        return SIGNATURES.stream().filter(s -> s.in(start)).map(Signature::phrase).findFirst().or(() -> text(bytes));
    }

    /** By the name of its first entry. */
    private static String zip(String start) {
        int length = start.length() < 30 ? 0 : start.charAt(26) | start.charAt(27) << 8;
        String name = start.substring(Math.min(30, start.length()), Math.min(30 + length, start.length()));
        if (name.endsWith(".npy")) {
            return "a NumPy .npz archive (numpy.load gives its arrays, numpy.save writes one as .npy)";
        }
        return name.endsWith("/data.pkl") ? "a file of PyTorch's torch.save" : "a zip archive";
    }

    private static boolean pickle(String start) {
        boolean binary = start.length() > 2 && start.charAt(0) == 0x80 && start.charAt(1) >= 2 && start.charAt(1) <= 5;
        return binary || start.startsWith("cnumpy") || start.startsWith("(dp0\n") || start.startsWith("(lp0\n");
    }

    private static Optional<String> text(byte[] bytes) {
        CharBuffer chars = CharBuffer.allocate(bytes.length);
        // The last character may be cut in two: that is no error here.
        boolean utf8 = !StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), chars, false).isError();
        String text = chars.flip().toString().replaceFirst("^\ufeff", "");
        boolean controls = text.chars().anyMatch(c -> Character.isISOControl(c) && "\t\n\f\r".indexOf(c) < 0);
        if (!utf8 || controls || text.isEmpty()) {
            return Optional.empty();
        }
        String trimmed = text.strip();
        String lower = trimmed.toLowerCase(Locale.ROOT);
        if (lower.startsWith("<!doctype html") || lower.startsWith("<html") || lower.startsWith("<head")) {
            return Optional.of("a web page (was the address it came from that of a page about the file?)");
        }
        String line = trimmed.lines().findFirst().orElse("");
        return Optional.of(line.isEmpty() ? "text of white space alone" : "text that begins with " + Quoted.of(line));
    }
}
