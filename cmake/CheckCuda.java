import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what nvcc makes of native/cuda/*.cu, and fails unless in every kernel
 * <ul>
 * <li>each fma is one that the source writes, each + - * has its rounding in the instruction, so that nothing later
 * contracts it, and there is no approximation, no flushing of denormals and no function call: the bits are the CPU's;
 * <li>there are no spills and no stack frame, and no more registers than the file's first lines say, where these name
 * the most for an architecture (as said of the nvcc that they were written with);
 * <li>the aligned instance has one access (16 bytes, or 8 of 16-bit elements) where another one has four.
 * </ul>
 * A written fma is told from a contracted one by compiling a second time with {@code __fmaf_rn} as inline assembler
 * that carries a mark. No GPU is needed: {@code java CheckCuda.java <nvcc> <root> <kept> <work folder>}. What is read
 * are the PTX texts that the build of the library has kept; they lie in the work folder then, a folder for each.
 */
class CheckCuda {
    static final List<String> FLAGS = List.of("-std=c++17", "-fmad=false");
    static final String MARKED_FMA = """
        #include <cuda_runtime.h>
        #if defined(__CUDA_ARCH__)
        static __device__ __forceinline__ float elbo4j_written_fma(float a, float b, float c) {
          float d;
          asm("fma.rn.f32 %0, %1, %2, %3; // written" : "=f"(d) : "f"(a), "f"(b), "f"(c));
          return d;
        }
        #define __fmaf_rn elbo4j_written_fma
        #endif
        """;
    /** What this check must find fault with, twice. */
    static final String CONTRACTED = """
        __global__ void contracted(float* x) { x[0] = x[1] * x[2] + x[3]; }
        __global__ void approximate(float* x) { x[0] = __expf(x[1]); }
        """;

    static final Pattern WRITTEN = Pattern.compile("fma\\.rn\\.f32 .*; // written");
    static final Pattern KERNEL = Pattern.compile("\\.entry (\\w+)\\(.*?\\n\\}\\n", Pattern.DOTALL);
    static final Pattern INSTANCE = Pattern.compile("^(?<name>_ZN[^I]*ILb)[01]E");
    static final Pattern INSTRUCTION = Pattern.compile("^\\s+(?:@!?%p\\d+ )?([a-z][\\w.]*)\\s", Pattern.MULTILINE);
    static final Pattern FLOAT = Pattern.compile("\\.(f16|bf16|tf32|f32|f64)");
    static final Pattern EXACT = Pattern.compile(
            "(add|sub|mul|div|rcp|sqrt)\\.rn\\.(f32|f64)|(neg|abs|copysign|selp|mov)\\.(f32|f64)"
                    + "|setp\\.[a-z]+(\\.(and|or))?\\.(f32|f64)|(ld|st)\\..*"
                    + "|cvt\\.f64\\.f32|cvt\\.rn\\.f32\\.f64|cvt\\.rn\\.(f32|f64)\\.[su](16|32|64)");
    static final Pattern RESOURCES = Pattern.compile("Function properties for (\\w+)\\s+(\\d+) bytes stack frame, "
            + "(\\d+) bytes spill stores, \\d+ bytes spill loads\\s+ptxas info\\s+: Used (\\d+) registers");

    /** As "Compiled for sm_90: at most 32 registers". */
    static final Pattern STATED = Pattern.compile("// Compiled for (sm_\\d+): at most (\\d+) registers");
    static final String STATED_WITH = "release 13.0";

    final String nvcc, text;
    final Path root, kept, work;
    /** Of those that have code from this text, the oldest and the newest. */
    final Set<String> gpus;

    CheckCuda(String nvcc, Path root, Path kept, Path work, String text, List<String> gpus) {
        this.nvcc = nvcc;
        this.root = root;
        this.kept = kept;
        this.work = work;
        this.text = text;
        this.gpus = new LinkedHashSet<>(List.of(gpus.get(0), gpus.get(gpus.size() - 1)));
    }

    public static void main(String[] arguments) throws Exception {
        Path root = path(arguments[1]), kept = path(arguments[2]), work = path(arguments[3]);
        List<String> texts = Files.readAllLines(kept.resolve("texts"));
        List<String> faults = new ArrayList<>();
        try {
            for (String line : texts) {
                List<String> gpus = new ArrayList<>(List.of(line.split(";")));
                String text = gpus.remove(0);
                // nvcc names the only text without its number
                Path folder = Files.createDirectories(work.resolve("compute_" + text).resolve("kernels"));
                String ending = texts.size() == 1 ? ".ptx" : ".compute_" + text + ".ptx";
                try (DirectoryStream<Path> files = Files.newDirectoryStream(kept, "*" + ending)) {
                    for (Path file : files) {
                        Files.copy(file, folder.resolve(name(file) + ".ptx"), StandardCopyOption.REPLACE_EXISTING);
                    }
                }
                faults.addAll(new CheckCuda(arguments[0], root, folder, folder.getParent(), text, gpus).check());
            }
        } catch (ExecutionException e) {
            faults.add(e.getCause().getMessage());
        }
        if (faults.isEmpty()) return;
        say("What nvcc makes of native/cuda is not what it should be:");
        faults.forEach(fault -> System.out.println("  " + fault));
        System.exit(1);
    }

    static String asked(String nvcc, String option) throws IOException, InterruptedException {
        Process asked = new ProcessBuilder(nvcc, option).redirectErrorStream(true).start();
        String said = new String(asked.getInputStream().readAllBytes());
        if (asked.waitFor() != 0) throw new IOException(nvcc + " " + option + " fails: " + said);
        return said;
    }

    List<String> check() throws Exception {
        Files.writeString(work.resolve("marked_fma.h"), MARKED_FMA);
        Path contracted = work.resolve("contracted.cu");
        Files.writeString(contracted, CONTRACTED);
        List<Path> sources = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve("native/cuda"), "*.cu")) {
            files.forEach(sources::add);
        }
        sources.sort(null);

        ExecutorService workers = Executors.newFixedThreadPool(Math.min(4, Runtime.getRuntime().availableProcessors()));
        try {
            Future<List<String>> self = workers.submit(() -> inexact(compileMarked(contracted, List.of())));
            List<Future<List<String>>> results = new ArrayList<>();
            for (Path source : sources) results.add(workers.submit(() -> check(source)));
            List<String> faults = new ArrayList<>();
            for (Future<List<String>> result : results) faults.addAll(result.get());
            if (self.get().size() != 2) faults.add("the check found no fault with its own bad example: " + self.get());
            return faults;
        } finally {
            workers.shutdownNow();
        }
    }

    List<String> check(Path source) throws Exception {
        Path ptx = kept.resolve(name(source) + ".ptx");
        Map<String, String> kernels = kernels(Files.readString(ptx));
        List<String> faults = new ArrayList<>(inexact(compileMarked(source, FLAGS)));
        faults.addAll(narrow(kernels));
        faults.replaceAll(fault -> name(source) + " for compute_" + text + ": " + fault);
        for (String gpu : gpus) faults.addAll(assemble(ptx, source, kernels.size(), gpu));
        return faults;
    }

    /** Spills, stack frames and registers of the machine code for one GPU. */
    List<String> assemble(Path ptx, Path source, int kernels, String gpu) throws Exception {
        String arch = "sm_" + gpu;
        Path cubin = work.resolve(name(source) + "-" + arch + ".cubin");
        String log = run(List.of(nvcc, "-arch=" + arch, "-cubin", "-Xptxas", "-v", ptx.toString()),
                work.resolve(name(source) + "-" + arch + ".txt"), cubin);
        List<String> faults = new ArrayList<>();
        int registers = 0, seen = 0;
        for (Matcher m = RESOURCES.matcher(log); m.find(); seen++) {
            registers = Math.max(registers, Integer.parseInt(m.group(4)));
            if (Integer.parseInt(m.group(2)) > 0 || Integer.parseInt(m.group(3)) > 0) {
                faults.add(m.group(1) + " has " + m.group(2) + " bytes of stack and spills " + m.group(3) + " bytes");
            }
        }
        Matcher stated = STATED.matcher(Files.readString(source));
        if (stated.find() && stated.group(1).equals(arch) && Integer.parseInt(stated.group(2)) < registers
                && asked(nvcc, "--version").contains(STATED_WITH)) {
            faults.add("its first lines say at most " + stated.group(2) + " registers, " + registers + " are used");
        }
        if (seen != kernels) faults.add("ptxas names " + seen + " of " + kernels + " kernels");
        say(name(source) + ": " + kernels + " kernels, at most " + registers + " registers, " + arch);
        faults.replaceAll(fault -> name(source) + " for " + arch + ": " + fault);
        return faults;
    }

    /** The PTX with every written fma inside marks. */
    String compileMarked(Path source, List<String> flags) throws Exception {
        Path ptx = work.resolve(name(source) + "-marked.ptx");
        run(command(source, flags, "-ptx", "-include", work.resolve("marked_fma.h").toString()),
                work.resolve(name(source) + "-marked.txt"), ptx);
        return Files.readString(ptx);
    }

    /** Instructions of floating-point numbers that are not the exactly rounded ones of the source. */
    static List<String> inexact(String markedPtx) {
        List<String> faults = new ArrayList<>();
        kernels(markedPtx).forEach((kernel, body) -> {
            List<String> bad = INSTRUCTION.matcher(WRITTEN.matcher(body).replaceAll("")).results().map(m -> m.group(1))
                    .filter(i -> i.startsWith("call") || FLOAT.matcher(i).find() && !EXACT.matcher(i).matches())
                    .distinct().sorted().toList();
            if (!bad.isEmpty()) faults.add(kernel + " has " + String.join(", ", bad));
        });
        return faults;
    }

    /** The first template parameter of a kernel that has two such instances is ALIGNED: the other instance's name. */
    static String other(String kernel, String aligned) {
        return INSTANCE.matcher(kernel).replaceFirst("${name}" + aligned + "E");
    }

    static boolean general(String kernel, Map<String, String> kernels) {
        String other = other(kernel, "1");
        return !other.equals(kernel) && kernels.containsKey(other);
    }

    static List<String> narrow(Map<String, String> kernels) {
        List<String> faults = new ArrayList<>();
        kernels.forEach((name, body) -> {
            if (general(name, kernels)) {
                String kernel = other(name, "1");
                for (String access : List.of("ld", "st")) {
                    if (scalar(body, access) >= 4 && wide(kernels.get(kernel), access) == 0) {
                        faults.add(kernel + " has no " + access + " of four elements");
                    }
                }
            } else if (name.equals(other(name, "1")) && !name.equals(other(name, "0"))
                    && !kernels.containsKey(other(name, "0"))) {
                // an instance for one type of elements: the general one is for all types and has another name
                if (wide(body, "ld") == 0 || scalar(body, "st") >= 4) faults.add(name + " accesses single elements");
            }
        });
        return faults;
    }

    static long scalar(String body, String access) {
        return count(body, access + "\\.global(\\.nc)?\\.[a-z]+(16|32)");
    }

    static long wide(String body, String access) {
        return count(body, access + "\\.global(\\.nc)?\\.v[24]\\.[a-z]+32");
    }

    static Map<String, String> kernels(String ptx) {
        Map<String, String> kernels = new LinkedHashMap<>();
        for (Matcher m = KERNEL.matcher(ptx); m.find();) kernels.put(m.group(1), m.group());
        return kernels;
    }

    static long count(String body, String instruction) {
        return Pattern.compile("\\s" + instruction + "\\s").matcher(body).results().count();
    }

    List<String> command(Path source, List<String> flags, String... more) {
        List<String> command = new ArrayList<>(List.of(nvcc, "-arch=sm_" + text));
        command.addAll(flags);
        for (String folder : List.of("spec", "include", "operations", "cuda")) command.add("-I" + root.resolve("native/"
                + folder));
        command.addAll(List.of(more));
        command.add(source.toString());
        return command;
    }

    static String run(List<String> command, Path log, Path output) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("-o", output.toString()));
        int status = new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
        String text = Files.readString(log);
        if (status != 0) throw new IllegalStateException(String.join(" ", all) + "\n" + text);
        return text;
    }

    static String name(Path source) {
        return source.getFileName().toString().replaceFirst("\\..*$", "");
    }

    static Path path(String argument) {
        return Path.of(argument).toAbsolutePath().normalize();
    }

    static void say(String sentence) {
        System.out.println("[native] " + sentence);
    }
}
