package io.elbo4j.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backends;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said to {@link System.Logger}, as java.util.logging gets it. */
class LogTest extends Runs {
    private static final Logger LOGGER = Logger.getLogger("io.elbo4j");

    private final List<String> said = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            said.add(record.getLevel() + " " + record.getLoggerName() + " " + record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOGGER.setLevel(Level.FINE);
        LOGGER.addHandler(handler);
        handler.setLevel(Level.ALL);
    }

    @AfterEach
    void stop() {
        LOGGER.removeHandler(handler);
        LOGGER.setLevel(null);
    }

    @Test
    void aBackendACheckpointAndAResumedRunAreSaid() {
        Backends.open("java", 3).close();
        assertEquals(1, said.size());
        assertTrue(said.get(0).matches("FINE io[.]elbo4j backend java is open: pure Java .*, threads 3"), said.get(0));
        said.clear();
        Path run = dir.resolve("run");
        start(run, 4, new Collector(s -> true));
        resume(run, 8, new Collector(s -> true));
        Path file = TrainingRun.checkpoint(run);
        assertEquals(List.of("FINE io.elbo4j.train checkpoint " + file + " is written after step 4",
                "FINE io.elbo4j.train run " + run + " goes on after step 4",
                "FINE io.elbo4j.train checkpoint " + file + " is written after step 8"), said);
    }

    /** So that a program with the JDK's own configuration, as the command line, prints nothing. */
    @Test
    void nothingOfItIsSaidUnlessItIsAskedFor() {
        LOGGER.setLevel(Level.INFO);
        start(dir.resolve("run"), 4, new Collector(s -> true));
        resume(dir.resolve("run"), 8, new Collector(s -> true));
        assertEquals(List.of(), said);
    }
}
