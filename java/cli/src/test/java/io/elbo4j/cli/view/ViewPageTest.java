package io.elbo4j.cli.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser: skipped where Chromium is not installed, or does not start. */
class ViewPageTest {
    /** One pixel. */
    private static final byte[] PNG = Base64.getDecoder().decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAA"
            + "CklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==");

    @TempDir
    Path dir;

    private static String step(int step) {
        return "{\"step\":" + step + ",\"epoch\":" + step / 100.0 + ",\"rows\":800,\"seconds\":" + step / 50.0
                + ",\"elbo\":" + (-100 - 1000.0 / step) + ",\"reconstruction\":-90,\"kl\":10,\"gradient_norm\":"
                + 500.0 / step + "}\n";
    }

    private static String epoch(int epoch) {
        return "{\"epoch\":" + epoch + ",\"step\":" + 100 * epoch + ",\"complete\":true,\"train\":{\"elbo\":-101,"
                + "\"reconstruction\":-91,\"kl\":10},\"test\":{\"elbo\":" + (-100 - epoch) + ",\"reconstruction\":-90,"
                + "\"kl\":10,\"active_units\":2,\"kl_per_dimension\":[" + 6.0 / epoch + "," + epoch
                + ",0.0]},\"kl_weight\":1.0,\"samples_per_second\":100.0}\n";
    }

    private Path run(String name, int latent) throws IOException {
        Path run = Files.createDirectories(dir.resolve(name));
        Files.writeString(run.resolve("run.json"),
                "{\"format\":1,\"command\":[\"train\"],\"device\":\"java\",\"start\":"
                        + "{\"model\":{\"latent\":" + latent + ",\"hidden\":[400]},\"training\":{\"batch\":8}}}");
        StringBuilder steps = new StringBuilder();
        for (int i = 1; i <= 10; i++) {
            steps.append(step(100 * i));
        }
        Files.writeString(run.resolve("steps.jsonl"), steps);
        Files.writeString(run.resolve("metrics.jsonl"), epoch(1) + epoch(2));
        return run;
    }

    private static Browser browser(Path profile) throws Exception {
        Path chromium = Browser.installed().orElse(null);
        Assumptions.assumeTrue(chromium != null, "the page is not looked at: chromium is not installed");
        try {
            return new Browser(chromium, profile, 1300, 1500);
        } catch (IOException e) {
            return Assumptions.abort("the page is not looked at: " + e.getMessage() + " here");
        }
    }

    @Test
    void runsAreShownAndWhatIsAppendedAppears() throws Exception {
        Path one = run("a b/one", 5);
        run("two", 10);
        Files.write(one.resolve("curve.png"), PNG);
        try (ViewServer server = ViewServer.start(dir, 0); Browser page = browser(dir.resolve("profile"))) {
            page.open("http://localhost:" + server.port());
            page.waitFor("document.querySelectorAll('#runs tbody tr').length === 2");
            page.waitFor("document.querySelectorAll('.uplot').length === 6");
            String head = page.evaluate("document.querySelector('#runs thead').textContent");
            assertTrue(head.contains("model.latent"), head);
            assertTrue(!head.contains("batch") && !head.contains("hidden"), head);
            page.waitFor("document.querySelector('#detail img')?.naturalWidth === 1");
            page.waitFor("document.querySelector('canvas.heat')?.width === 2");
            assertEquals("3", page.evaluate("document.querySelector('canvas.heat').height"));

            Files.writeString(one.resolve("metrics.jsonl"), epoch(3), StandardOpenOption.APPEND);
            long milliseconds = page.waitFor("document.querySelector('#runs tbody').textContent.includes('-103')");
            System.out.println("a line is on the page after " + milliseconds + " ms");
            page.waitFor("document.querySelector('canvas.heat')?.width === 3");
            // sorted by a setting, and back to front
            page.evaluate("[...document.querySelectorAll('th')].find(t => t.textContent === 'model.latent').click()");
            assertEquals("one", page.evaluate("document.querySelector('#runs tbody td').textContent.slice(-3)"));
            page.evaluate(
                    "[...document.querySelectorAll('th')].find(t => t.textContent.startsWith('model.latent')).click()");
            assertEquals("two", page.evaluate("document.querySelector('#runs tbody td').textContent"));
            // against seconds, of which metrics have none of their own
            page.evaluate("(byId('axis').value = 'seconds', byId('axis').onchange())");
            page.waitFor("[...drawn.values()].every(d => d.plot.axes[0].label === 'seconds')");
            assertEquals("60", page.evaluate("drawn.get(CHARTS[1]).plot.data[0].at(-1) * 10"));
            // a run that begins anew
            Files.writeString(one.resolve("steps.jsonl"), step(100));
            page.waitFor("runs.get('a b/one').steps.length === 1");
            assertEquals("", String.join("\n", page.errors()));
            String shown = System.getProperty("elbo4j.picture");
            if (shown != null) {
                page.picture(Path.of(shown));
            }
        }
    }

    /** By a slider, which follows the run while it is at its end. */
    @Test
    void picturesAreShownByEpoch() throws Exception {
        Path epochs = Files.createDirectories(run("one", 5).resolve("epochs"));
        for (int epoch : new int[] {2, 4, 10}) {
            Files.write(epochs.resolve("samples-" + epoch + ".png"), PNG);
            Files.write(epochs.resolve("traversal-" + epoch + ".png"), PNG);
        }
        String captions = "[...document.querySelectorAll('.epochs figcaption')].map(c => c.textContent).join(' ')";
        try (ViewServer server = ViewServer.start(dir, 0); Browser page = browser(dir.resolve("profile"))) {
            page.open("http://localhost:" + server.port());
            page.waitFor(captions + " === 'samples-10.png traversal-10.png'");
            page.waitFor("[...document.querySelectorAll('.epochs img')].every(i => i.naturalWidth === 1)");
            assertEquals("epoch 10 ", page.evaluate("document.querySelector('.epochs label').textContent"));
            Files.write(epochs.resolve("samples-12.png"), PNG);
            page.waitFor(captions + " === 'samples-12.png'");
            page.evaluate("(document.querySelector('.epochs input').value = 1,"
                    + " document.querySelector('.epochs input').oninput())");
            assertEquals("samples-4.png traversal-4.png", page.evaluate(captions));
            assertEquals("epoch 4 ", page.evaluate("document.querySelector('.epochs label').textContent"));
            // another one that comes leaves it there
            Files.write(epochs.resolve("samples-14.png"), PNG);
            page.waitFor("document.querySelector('.epochs input').max === '4'");
            assertEquals("samples-4.png traversal-4.png", page.evaluate(captions));
            assertEquals("", String.join("\n", page.errors()));
        }
    }

    @Test
    void seedsAreToldApart() throws Exception {
        Path run = Files.createDirectories(dir.resolve("pendulum"));
        StringBuilder lines = new StringBuilder();
        for (int seed = 0; seed < 4; seed++) {
            for (int step = 1000; step <= 8000; step += 1000) {
                lines.append("{\"seed\":").append(seed).append(",\"step\":").append(step).append(",\"return\":")
                        .append(-1200 + step / 8 - 20 * seed).append("}\n");
            }
        }
        Files.writeString(run.resolve("metrics.jsonl"), lines);
        try (ViewServer server = ViewServer.start(dir, 0); Browser page = browser(dir.resolve("profile"))) {
            page.open("http://localhost:" + server.port());
            page.waitFor("drawn.get(CHARTS.at(-1))?.plot.series.length === 5");
            assertEquals("4", page.evaluate("new Set(drawn.get(CHARTS.at(-1)).plot.series.slice(1).map(s =>"
                    + " s.stroke())).size"));
            String legend = page.evaluate("document.querySelector('.u-legend').textContent");
            for (int seed = 0; seed < 4; seed++) {
                assertTrue(legend.contains("pendulum seed " + seed), legend);
            }
            assertEquals("", String.join("\n", page.errors()));
            String shown = System.getProperty("elbo4j.picture");
            if (shown != null) {
                page.picture(Path.of(shown));
            }
        }
    }

    @Test
    void twoHundredLongRunsAreOpenSoon() throws Exception {
        StringBuilder steps = new StringBuilder();
        for (int i = 1; i <= 10_000; i++) {
            steps.append(step(i));
        }
        for (int i = 0; i < 200; i++) {
            Files.writeString(run("run-" + i, i).resolve("steps.jsonl"), steps);
        }
        try (ViewServer server = ViewServer.start(dir, 0); Browser page = browser(dir.resolve("profile"))) {
            page.open("http://localhost:" + server.port());
            long milliseconds = page.waitFor("runs.size === 200 && [...runs.values()].every(r => r.steps.at(-1)?.step"
                    + " === 10000) && drawn.get(CHARTS[0])?.plot.series.length === 201");
            System.out.println("200 runs of 10,000 lines are on the page after " + milliseconds + " ms; "
                    + page.evaluate("runs.get('run-0').steps.length") + " lines of each");
            assertEquals("", String.join("\n", page.errors()));
        }
    }
}
