import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The parts of a run on a GPU host, each a process of its own with a time limit: a part that fails or hangs is written
 * down and does not lose the others. After each part the result file is written anew. Nothing is timed before the
 * results have been found right.
 */
final class GpuRun {
    private static final String USAGE = """
            usage: run [all|correctness|benchmarks] [--out DIR] [--seconds N] [--smoke]

            correctness  the device, its memory, streams and errors, the equivalence suite, whole training runs, the
                         scalar functions on all inputs, and compute-sanitizer where it is installed
            benchmarks   a short check, then times and bandwidth, with PyTorch where python3 has it
            --out DIR    where result.json and log.txt go (default: result); an earlier result there is continued
            --seconds N  give up what has not ended by then (default: 540, which correctness and benchmarks need each)
            --smoke      tiny sizes, and not all inputs: only to see that everything runs
            """;
    private static final Path TOOLKIT = Path.of("/usr/local/cuda/bin/compute-sanitizer");
    private static final String SANITIZER = Files.exists(TOOLKIT) ? TOOLKIT.toString() : "compute-sanitizer";
    /** Of the backends that the suites know, besides the java backend that all are compared with. */
    private static final String UNDER_TEST = "cuda|cpu level [34], 3";
    private static final int LOG_TAIL = 4000;
    private static final int KILL_SECONDS = 5;

    /** A part and the most seconds that it may take; what it finds it writes to the file that the command names. */
    private record Part(String name, int seconds, List<String> command) {}

    private final Path home;
    private final Path out;
    private final boolean smoke;
    private final long deadline;
    private final JsonObject result;

    private GpuRun(Path home, Path out, boolean smoke, int seconds) throws IOException {
        this.home = home;
        this.out = Files.createDirectories(out.toAbsolutePath());
        this.smoke = smoke;
        this.deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        Path earlier = this.out.resolve("result.json");
        this.result = Files.exists(earlier) ? JsonParser.parseString(Files.readString(earlier)).getAsJsonObject()
                : new JsonObject();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(Arrays.asList(args).subList(1, args.length));
        boolean smoke = words.remove("--smoke");
        Path out = Path.of(option(words, "--out", "result"));
        int seconds = Integer.parseInt(option(words, "--seconds", "540"));
        String what = words.isEmpty() ? "all" : words.remove(0);
        if (!words.isEmpty() || !List.of("all", "correctness", "benchmarks").contains(what)) {
            System.err.print(USAGE);
            System.exit(what.equals("--help") ? 0 : 2);
        }
        GpuRun run = new GpuRun(Path.of(args[0]), out, smoke, seconds);
        System.exit(run.run(what) ? 0 : 1);
    }

    private static String option(List<String> words, String name, String otherwise) {
        int at = words.indexOf(name);
        if (at < 0 || at + 1 == words.size()) {
            return otherwise;
        }
        words.remove(at);
        return words.remove(at);
    }

    private boolean run(String what) throws IOException, InterruptedException {
        result.addProperty("commit", Files.readString(home.resolve("commit")).strip());
        result.addProperty("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        result.addProperty("smoke", smoke);
        result.addProperty("processor", processor());
        result.addProperty("processors", Runtime.getRuntime().availableProcessors());
        boolean right = passed(part("device", 30, java("Facts", "{json}")));
        part("doctor", 30, java("io.elbo4j.cli.Main", "doctor", "--json"));
        part("nvidia-smi", 15, List.of("nvidia-smi", "--query-gpu=name,driver_version,memory.total,"
                + "clocks.max.sm,clocks.max.mem,power.limit,ecc.mode.current", "--format=csv"));
        right = right && passed(part("selection", 60, java("io.elbo4j.equivalence.Selection", "cuda")));
        if (right && !what.equals("benchmarks")) {
            right = correctness();
        }
        if (!what.equals("correctness")) {
            if (right) {
                benchmarks();
            } else {
                System.out.println("no benchmarks: the results are not right");
            }
        }
        System.out.println(out.resolve("result.json") + ": " + (right ? "right" : "NOT right"));
        return right;
    }

    private boolean correctness() throws IOException, InterruptedException {
        String every = smoke ? "1024" : "1";
        boolean right = passed(part("backend", 60, java("Suites", "{json}", "cuda.CudaBackendTest",
                "cuda.CudaLibraryTest")));
        right &= passed(part("equivalence", smoke ? 400 : 150, equivalence("EquivalenceTest", "DenseFunctionsTest",
                "ShardTest", "LargeTest", "ProductsTest", "CudaStepTest")));
        right &= passed(part("training runs", smoke ? 400 : 120, equivalence("TrainingRunEquivalenceTest")));
        right &= passed(part("exhaustive", 200, java("io.elbo4j.equivalence.Exhaustive", "cuda", every, "{json}")));
        for (String tool : List.of("memcheck", "racecheck", "synccheck")) {
            List<String> command = new ArrayList<>(List.of(SANITIZER, "--tool", tool, "--error-exitcode", "9",
                    "--print-limit", "20"));
            command.addAll(java("io.elbo4j.equivalence.Selection", "cuda"));
            JsonObject found = part(tool, 60, command);
            right &= !found.get("status").getAsString().startsWith("failed");
        }
        return right;
    }

    private void benchmarks() throws IOException, InterruptedException {
        part("training", 170, python("training.py", "--batch", "128,1024"));
        part("products", 60, python("products.py"));
        part("bandwidth", 60, python("bandwidth.py"));
        part("kernels", 240, python("kernels.py"));
    }

    private List<String> equivalence(String... suites) {
        return java("Suites", Stream.concat(Stream.of("{json}"), Stream.of(suites).map(s -> "equivalence." + s))
                .toArray(String[]::new));
    }

    private List<String> java(String main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(home.resolve("runtime/bin/java").toString(), "-Xmx8g", "-ea",
                "-Dorg.bytedeco.javacpp.cachedir=" + home.resolve("cache"), "-Delbo4j.golden=" + home.resolve("golden"),
                "-Delbo4j.jar=" + home.resolve("lib/elbo4j.jar"), "-Delbo4j.backends=" + UNDER_TEST));
        Path emulation = home.resolve("emulation.so");
        if (Files.exists(emulation)) {
            command.add("-Delbo4j.cuda.library=" + emulation);
            command.add("-Delbo4j.cuda.faults=" + faults());
        }
        command.addAll(List.of("-cp", home.resolve("lib") + "/*", main));
        command.addAll(List.of(arguments));
        return command;
    }

    /** What the emulation is told to fail at. */
    private Path faults() {
        return out.resolve("faults.txt");
    }

    private List<String> python(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("python3", home.resolve("peers").resolve(script).toString(),
                "--backend", "cuda", "--json", "{json}", "--rounds", smoke ? "3" : "20", "--server",
                java("KernelServer").stream().filter(word -> !word.equals("-ea")).map(word -> "'" + word + "'")
                        .collect(Collectors.joining(" "))));
        command.addAll(List.of(arguments));
        if (smoke) {
            command.addAll(List.of("--smoke", "--no-compile"));
        }
        return command;
    }

    private static boolean passed(JsonObject part) {
        return part.get("status").getAsString().equals("passed");
    }

    private JsonObject part(String name, int seconds, List<String> command)
            throws IOException, InterruptedException {
        Part part = new Part(name, seconds, command);
        System.out.println(name + " ...");
        JsonObject found = execute(part);
        JsonObject parts = result.has("parts") ? result.getAsJsonObject("parts") : new JsonObject();
        parts.add(name, found);
        result.add("parts", parts);
        write();
        System.out.println(name + ": " + found.get("status").getAsString() + ", " + found.get("seconds") + " s");
        return found;
    }

    private JsonObject execute(Part part) throws IOException, InterruptedException {
        Path json = Files.createTempFile(out, "part", ".json");
        Path log = Files.createTempFile(out, "part", ".log");
        JsonObject found = new JsonObject();
        long begin = System.nanoTime();
        long left = Math.min(TimeUnit.SECONDS.toNanos(part.seconds()), deadline - begin);
        found.addProperty("status", left <= 0 ? "not run: no time was left" : process(part, json, log, left));
        found.addProperty("seconds", Math.round((System.nanoTime() - begin) * 1e-8) / 10.0);
        String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        JsonElement written = parsed(Files.readString(json));
        if (written != null) {
            found.add("found", written);
        }
        if (written == null || !passed(found)) {
            found.addProperty("log_tail", text.substring(Math.max(0, text.length() - LOG_TAIL)));
        }
        Files.writeString(out.resolve("log.txt"), "==== " + part.name() + "\n" + text + "\n", StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        Files.delete(json);
        Files.delete(log);
        return found;
    }

    private String process(Part part, Path json, Path log, long nanos) throws InterruptedException {
        List<String> command = part.command().stream().map(word -> word.equals("{json}") ? json.toString() : word)
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command).directory(out.toFile()).redirectErrorStream(true)
                .redirectInput(new File("/dev/null")).redirectOutput(log.toFile());
        builder.environment().put("PYTHONUNBUFFERED", "1");
        builder.environment().put("TORCHINDUCTOR_CACHE_DIR", home.resolve("cache").toString());
        builder.environment().put("ELBO4J_EMULATION_FAULT", "@" + faults());
        Process process;
        try {
            process = builder.start();
        } catch (IOException missing) {
            return "not run: " + part.command().get(0) + " is not installed here";
        }
        if (process.waitFor(nanos, TimeUnit.NANOSECONDS)) {
            return process.exitValue() == 0 ? "passed" : "failed with exit status " + process.exitValue();
        }
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        family.add(process.toHandle());
        family.forEach(ProcessHandle::destroyForcibly);
        process.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
        return "stopped after its " + TimeUnit.NANOSECONDS.toSeconds(nanos) + " s";
    }

    private static JsonElement parsed(String text) {
        try {
            return text.isBlank() ? null : JsonParser.parseString(text);
        } catch (JsonParseException broken) {
            return null;
        }
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(l -> l.startsWith("model name"))
                    .map(l -> l.substring(l.indexOf(':') + 1).strip()).findFirst().orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    private void write() throws IOException {
        Gson gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeSpecialFloatingPointValues()
                .create();
        Path whole = out.resolve("result.json.new");
        Files.writeString(whole, gson.toJson(result) + "\n");
        Files.move(whole, out.resolve("result.json"), StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }
}
