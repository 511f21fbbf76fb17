package io.elbo4j.cli;

import io.elbo4j.cli.view.ViewServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be shown; the page itself is in {@link io.elbo4j.cli.view.ViewServer}'s tests. */
class ViewCommandTest {
    @TempDir
    Path dir;

    @Test
    void whatIsNoFolderIsRefused() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "");
        Cli.run("view", file.toString()).fails(1, file + ": is no folder; the folder that the runs are in is expected");
        Cli.run("view", dir.resolve("none").toString()).fails(1, "none: no such folder");
    }

    @Test
    void portsThatCannotBeAreRefused() throws IOException {
        for (String port : new String[] {"0", "65536", "-1", "x"}) {
            Cli.run("view", dir.toString(), "--port", port).fails(2, "--port", port);
        }
        try (ViewServer server = ViewServer.start(dir, 0)) {
            Cli.run("view", dir.toString(), "--port", Integer.toString(server.port())).fails(1, "cannot answer on port "
                    + server.port() + " of this machine: ");
        }
    }
}
