package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.cli.view.ViewServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "view", sortOptions = false, description = {
        "Shows the runs of 'train' and 'control' below a folder as a page in a browser, while they go on and after"
                + " that: curves, KL of each dimension, pictures, settings that differ.",
        "Only this machine is answered. Nothing is written; runs do not wait for it."})
final class ViewCommand implements Callable<Integer> {
    private static final int LAST_PORT = 65_535;

    @Parameters(arity = "0..1", paramLabel = "FOLDER", description = "where the runs are, at most"
            + " four folders deep (runs)")
    private Path folder = Path.of("runs");
    @Option(names = "--port", paramLabel = "N", description = "from 1 to 65535 (a free one)")
    private Integer port;
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help and exit")
    private boolean help;

    private final Console console;

    ViewCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (port != null && (port < 1 || port > LAST_PORT)) {
            throw Failure.usage("--port must be from 1 to 65535, not " + port);
        }
        if (!Files.isDirectory(folder)) {
            throw Failure.because(Quoted.line(folder) + ": " + (Files.exists(folder) ? "is no folder"
                    : "no such folder") + "; the folder that the runs are in is expected", null);
        }
        try (ViewServer server = ViewServer.start(folder, port == null ? 0 : port)) {
            console.out().println("http://localhost:" + server.port() + " shows " + Quoted.line(folder)
                    + " until Ctrl-C");
            console.out().flush();
            new CountDownLatch(1).await();
        } catch (IOException e) {
            throw Failure.because("cannot answer on " + (port == null ? "any free port" : "port " + port)
                    + " of this machine: " + e.getMessage(), e);
        }
        return 0;
    }
}
