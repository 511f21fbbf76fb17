package io.elbo4j.jni;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Loads the native libraries of the jars, and no other file. JavaCPP's Loader would: it knows what it has unpacked by
 * name, size and time, shares folders with other users and turns to java.library.path at last.
 */
public final class NativeLibrary {
    private NativeLibrary() {}

    /** Loads a file as it is. */
    public static synchronized void load(Path file) throws IOException {
        NativeCache.keepJavaCppPrivate();
        System.load(file.toAbsolutePath().toString());
    }

    /**
     * Loads a library of the class path or module path: from a file with the bytes that it has there.
     *
     * @throws IOException if no folder takes such a file, with the reasons
     * @throws UnsatisfiedLinkError if the system refuses it
     */
    public static synchronized void load(URL library) throws IOException {
        NativeCache.keepJavaCppPrivate();
        String refusal;
        try {
            System.load(file(library).toString());
            return;
        } catch (IOException e) {
            refusal = reason(e);
        } catch (UnsatisfiedLinkError e) {
            // each class loader needs a file of its own
            if (!e.getMessage().contains("already loaded in another classloader")) {
                throw e;
            }
            refusal = e.getMessage();
        }
        loadPrivately(library, refusal);
    }

    private static Path file(URL library) throws IOException {
        if (library.getProtocol().equals("file")) {
            return Path.of(URI.create(library.toString()));
        }
        byte[] content = read(library);
        Path folder = NativeCache.folder();
        return NativeCache.place(folder.resolve(digest(library, content) + "-" + name(library)), content);
    }

    /** From a file that nobody sees, gone when it is loaded. */
    private static void loadPrivately(URL library, String refusal) throws IOException {
        Path file = null;
        try {
            file = NativeCache.ofThisProcess().resolve(name(library));
            Files.write(file, read(library), StandardOpenOption.CREATE_NEW);
            System.load(file.toString());
        } catch (IOException e) {
            throw new IOException(reason(e) + "; " + refusal);
        } catch (UnsatisfiedLinkError e) {
            throw new UnsatisfiedLinkError(e.getMessage() + "; it was unpacked there because " + refusal);
        } finally {
            if (file != null) {
                delete(file);
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException loaded) {
            // Windows keeps what is loaded: it goes with its folder
        }
    }

    private static String reason(IOException e) {
        if (!(e instanceof FileSystemException at) || at.getReason() != null) {
            return e.getMessage();
        }
        return at.getFile() + (e instanceof AccessDeniedException ? ": permission denied" : " cannot be made");
    }

    private static String name(URL library) {
        return library.getPath().substring(library.getPath().lastIndexOf('/') + 1);
    }

    /** What the build has written down: a JVM that has just started needs a tenth of a second to compute it. */
    private static String digest(URL library, byte[] content) throws IOException {
        try {
            return new String(read(new URL(library + ".sha256")), StandardCharsets.US_ASCII);
        } catch (FileNotFoundException e) {
            try {
                return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            } catch (NoSuchAlgorithmException every) {
                throw new AssertionError("every JVM has SHA-256", every);
            }
        }
    }

    private static byte[] read(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        // a jar may have been replaced since the JVM opened it
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream()) {
            return in.readAllBytes();
        }
    }
}
