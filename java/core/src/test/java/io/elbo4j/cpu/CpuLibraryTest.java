package io.elbo4j.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What systems say when they refuse the library, and the remedy that we add. */
class CpuLibraryTest {
    private static void explains(String said, String remedy) {
        String sentence = CpuLibrary.explain(new UnsatisfiedLinkError(said));
        assertTrue(sentence.contains(remedy), sentence);
        assertTrue(sentence.contains(said), sentence);
    }

    @Test
    void everyRefusalNamesItsRemedy() {
        explains("/tmp/x/libjniElboCpu.so: failed to map segment from shared object", "cachedir=DIR");
        explains("/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found", "older");
        explains("Error loading shared library ld-linux-x86-64.so.2: No such file or directory", "musl");
        explains("Error relocating libjniElboCpu.so: __memcpy_chk: symbol not found", "musl");
        explains("libjniElboCpu.so: wrong ELF class: ELFCLASS32", "another processor");
        explains(
                "libjniElboCpu.so: cannot open shared object file: No such file or directory (Possible cause: can't"
                        + " load"
                        + " AARCH64 .so on a AMD 64 platform)",
                "another processor");
        explains("libjniElboCpu.so: invalid ELF header", "damaged");
        explains("something new", "could not be loaded");
    }

    @Test
    void theRootOfTheRefusalIsSaid() {
        LinkageError outer = new UnsatisfiedLinkError("not loaded");
        outer.initCause(new IOException("No space left on device"));
        String sentence = CpuLibrary.explain(outer);
        assertTrue(sentence.contains("10 MB") && sentence.endsWith("(No space left on device)"), sentence);
    }

    /** Whatever the folder is named. */
    @Test
    void whatCannotBeUnpackedIsToldFromWhatCannotBeLoaded() {
        String unpacked = CpuLibrary.explain(new IOException("/a/b: permission denied"));
        assertTrue(unpacked.contains("could not be unpacked") && unpacked.contains("cachedir=DIR"), unpacked);
        explains("/home/a/.cache/elbo4j/libjniElboCpu.so: undefined symbol: f", "could not be loaded");
    }
}
