import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes without a build tool: {@code Suites JSON CLASS...}, named without {@code io.elbo4j.}; exits 1
 * unless all that ran passed.
 */
final class Suites implements TestExecutionListener {
    private static final int LONGEST = 1000;

    private int passed;
    private final List<String> skipped = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();

    private Suites() {}

    public static void main(String[] args) throws IOException {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (String name : List.of(args).subList(1, args.length)) {
            request.selectors(DiscoverySelectors.selectClass("io.elbo4j." + name));
        }
        Suites suites = new Suites();
        LauncherDiscoveryRequest built = request.build();
        LauncherFactory.create().execute(built, suites);
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("passed", suites.passed);
        report.put("failed", suites.failed);
        report.put("skipped", suites.skipped);
        Files.writeString(Path.of(args[0]), new GsonBuilder().setPrettyPrinting().create().toJson(report));
        System.out.println(suites.passed + " tests passed, " + suites.failed.size() + " failed, "
                + suites.skipped.size() + " skipped");
        System.exit(suites.failed.isEmpty() && suites.passed > 0 ? 0 : 1);
    }

    private static String name(TestIdentifier test) {
        return test.getLegacyReportingName() + " " + test.getDisplayName();
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        skipped.add(name(test) + ": " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        String why = result.getThrowable().map(String::valueOf).orElse("");
        String line = name(test) + ": " + why.substring(0, Math.min(LONGEST, why.length()));
        switch (result.getStatus()) {
            case FAILED -> {
                failed.add(line);
                System.out.println("FAILED " + line);
                result.getThrowable().ifPresent(t -> t.printStackTrace(System.out));
            }
            case ABORTED -> skipped.add(line);
            case SUCCESSFUL -> passed += test.isTest() ? 1 : 0;
        }
    }
}
