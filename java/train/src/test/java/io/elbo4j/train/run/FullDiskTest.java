package io.elbo4j.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The system takes the part of a file that fits, and says so only by a number. */
class FullDiskTest extends Runs {
    @Test
    void aFileThatDoesNotFitIsAnErrorAndTheOldOneStays() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
        Path plan = Files.writeString(dir.resolve("run.json"), "old");
        Path metrics = dir.resolve("metrics.jsonl");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder("/bin/sh", "-c", "ulimit -f 4; exec \"$@\"", "sh", java,
                "-XX:-UsePerfData", "-cp", System.getProperty("java.class.path"), Writing.class.getName(),
                dir.toString()).redirectErrorStream(true).start();
        List<String> lines = new String(process.getInputStream().readAllBytes()).lines().toList();
        assertEquals(2, lines.size(), lines::toString);
        assertTrue(lines.get(0).startsWith("cannot write " + plan + ": "), lines::toString);
        assertTrue(lines.get(1).startsWith("cannot write " + metrics + ": "), lines::toString);
        assertEquals("old", Files.readString(plan));
    }

    /** Another process, whose files may have 2 kB. */
    static final class Writing {
        private Writing() {}

        public static void main(String[] args) {
            Path folder = Path.of(args[0]);
            refused(() -> RunPlan.of(source(1), MODEL, settings(0.1))
                    .withOrigin("1", Collections.nCopies(1000, "word")).write(folder.resolve("run.json")));
            Metrics metrics = new Metrics(folder.resolve("metrics.jsonl"), 0, epoch -> true, "test");
            refused(() -> {
                for (int i = 1; i <= 1000; i++) {
                    metrics.add(new EpochReport(i, i, true, new ElboTerms(-1, 1), null, 1, 1));
                }
            });
        }

        private static void refused(Runnable write) {
            try {
                write.run();
                System.out.println("all is written");
            } catch (DataException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
