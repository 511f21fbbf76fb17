package io.elbo4j.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Rows;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which launches become one: a list in, a list out. Nothing runs, so any backend's matrices do. */
class AdamUpdatesTest {
    private final Backend backend = Backends.open("java", 1);
    private final AdamStep step = new AdamStep(1e-3, 0.9, 0.999, 1e-8);
    private final Parameter one = new Parameter(6, 4);
    private final Parameter two = new Parameter(1, 3);

    private final class Parameter {
        final Matrix[] all;

        Parameter(int rows, int columns) {
            all = IntStream.range(0, 4).mapToObj(i -> backend.matrix(rows, columns)).toArray(Matrix[]::new);
        }

        Launch update(AdamStep with, Matrix scale) {
            return Adam.update(all[0], all[1], all[2], all[3], with, scale);
        }

        Launch update() {
            return update(step, null);
        }
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private static String names(Launch... launches) {
        return AdamUpdates.fuse(List.of(launches)).stream().map(Launch::name).collect(Collectors.joining(", "));
    }

    private Launch fill(Matrix m) {
        return Rows.fill(1, m);
    }

    @Test
    void updatesBecomeOneLaunchBehindWhatLiesBetween() {
        Launch first = one.update();
        Launch second = two.update();
        List<Launch> fused = AdamUpdates.fuse(List.of(first, fill(two.all[1]), second));
        assertEquals(2, fused.size());
        AdamUpdates updates = (AdamUpdates) fused.get(1).body();
        assertEquals(List.of(first.body(), second.body()), updates.updates().stream().map(AdamUpdates.One::update)
                .toList());
        assertSame(step, updates.step());
    }

    @Test
    void whatReadsOrWritesAnUpdatedParameterComesAfter() {
        Matrix copy = backend.matrix(6, 4);
        assertEquals("Adam.update, Rows.copy, Adam.update", names(one.update(), Rows.copy(one.all[0], copy), two
                .update()), "the parameter is read");
        assertEquals("Adam.update, Rows.fill, Adam.update", names(one.update(), fill(one.all[1]), two.update()),
                "the gradient is written");
        assertEquals("Adam.update, Rows.copy, Adam.update", names(one.update(), Rows.copy(one.all[3], copy), two
                .update()), "the moments are read");
        assertEquals("Rows.copy, Adam updates", names(one.update(), Rows.copy(one.all[1], copy), two.update()),
                "an update reads its gradient, as another may");
    }

    @Test
    void twoUpdatesOfOneParameterStayInTheirOrder() {
        assertEquals("Adam.update, Adam.update", names(one.update(), one.update()));
        assertEquals("Adam updates, Adam.update", names(one.update(), two.update(), one.update()));
    }

    @Test
    void otherStepsAndScalesAreOtherLaunches() {
        AdamStep other = new AdamStep(1e-2, 0.9, 0.999, 1e-8);
        Matrix scale = backend.matrix(1, 1);
        assertEquals("Adam.update, Adam.update", names(one.update(), two.update(other, null)));
        assertEquals("Adam.update, Adam.update", names(one.update(), two.update(step, scale)));
        assertEquals("Adam.update, Adam.update", names(one.update(step, backend.matrix(1, 1)), two.update(step,
                scale)));
        assertEquals("Adam updates", names(one.update(step, scale), two.update(step, scale)));
        assertEquals("Adam updates, Rows.fill", names(one.update(step, scale), two.update(step, scale), fill(scale)));
        assertEquals("Adam.update, Rows.fill, Adam.update", names(one.update(step, scale), fill(scale), two.update(
                step, scale)));
    }

    @Test
    void viewsWithGapsStayApart() {
        Matrix wide = backend.matrix(6, 8);
        Launch gaps = Adam.update(one.all[0], wide.columns(0, 4), one.all[2], one.all[3], step, null);
        List<Launch> launches = List.of(gaps, two.update());
        assertSame(launches, AdamUpdates.fuse(launches));
    }

    @Test
    void nothingToFuseIsTheSameList() {
        List<Launch> launches = List.of(one.update(), fill(two.all[0]));
        assertSame(launches, AdamUpdates.fuse(launches));
        assertEquals("", names());
    }
}
