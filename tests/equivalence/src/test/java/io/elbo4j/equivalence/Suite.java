package io.elbo4j.equivalence;

import java.io.PrintWriter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Tests in a process of their own, as {@code Suite CLASS...} or {@code CLASS#METHOD}: its status is 0 if all pass. */
final class Suite {
    private Suite() {}

    public static void main(String[] args) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (String name : args) {
            String full = Suite.class.getPackageName() + "." + name;
            request.selectors(name.contains("#") ? DiscoverySelectors.selectMethod(full)
                    : DiscoverySelectors.selectClass(full));
        }
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request.build(), listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out), 5);
        System.out.println(summary.getTestsSucceededCount() + " tests passed, " + summary.getTotalFailureCount()
                + " failed, " + summary.getTestsAbortedCount() + " were left out");
        System.exit(summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() > 0 ? 0 : 1);
    }
}
