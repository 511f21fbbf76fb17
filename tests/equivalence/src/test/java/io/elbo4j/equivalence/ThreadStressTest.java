package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backends;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some seconds of {@link ThreadStress}; as a command it takes as many as it is given. */
class ThreadStressTest {
    private static final double SECONDS = 5;
    private static final long SEED = 20260101;

    static List<String> backends() {
        return Backends.statuses().stream().filter(Backends.Status::available).map(Backends.Status::name)
                .filter(name -> !name.startsWith("cuda")).toList();
    }

    // threads that wait for each other would never end
    @Timeout(300)
    @ParameterizedTest
    @MethodSource("backends")
    void manyThreadsGetTheBitsOfOneAndSentences(String backend) throws Throwable {
        System.out.println("seed " + SEED);
        Map<String, AtomicLong> counts = ThreadStress.run(backend, SECONDS, SEED);
        counts.forEach((what, times) -> System.out.println(backend + ": " + times + " " + what));
        assertTrue(counts.keySet().stream().anyMatch(what -> what.startsWith("right: a program of its own")));
        assertTrue(counts.keySet().stream().anyMatch(what -> what.startsWith("refused: ")));
    }
}
