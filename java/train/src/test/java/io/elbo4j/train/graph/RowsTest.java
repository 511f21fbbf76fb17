package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.objective.Elbo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What rows stand for, and what a graph repeats; {@link RowsGradientTest} has the values and gradients. */
class RowsTest {
    private static final Rows SAMPLES = Rows.of(Axis.BATCH, Axis.SAMPLE);

    @Test
    void axesAreOutermostFirst() {
        assertEquals(Rows.of(Axis.BATCH, Axis.SAMPLE, Axis.TIME, Axis.MEMBER),
                Rows.of(Axis.BATCH, Axis.TIME).union(Rows.of(Axis.SAMPLE, Axis.MEMBER)));
        assertEquals("BATCH x SAMPLE", SAMPLES.toString());
        assertEquals("one row", Rows.SHARED.toString());
        for (List<Axis> wrong : List.of(List.of(Axis.SAMPLE, Axis.BATCH), List.of(Axis.TIME, Axis.TIME))) {
            String message = assertThrows(IllegalArgumentException.class, () -> new Rows(wrong)).getMessage();
            assertTrue(message.contains(wrong.toString()), message);
        }
    }

    @Test
    void rowsAreTheProductOfTheAxes() {
        assertEquals(1, Rows.SHARED.count(axis -> 5));
        assertEquals(35, SAMPLES.count(axis -> axis == Axis.BATCH ? 5 : 7));
        assertTrue(Rows.SHARED.within(Rows.BATCH) && Rows.BATCH.within(SAMPLES) && SAMPLES.within(SAMPLES));
        assertFalse(SAMPLES.within(Rows.BATCH));
        assertTrue(Rows.SHARED.lead(SAMPLES) && Rows.BATCH.lead(SAMPLES) && SAMPLES.lead(SAMPLES));
        assertFalse(SAMPLES.lead(Rows.BATCH) || Rows.of(Axis.TIME).lead(Rows.of(Axis.BATCH, Axis.TIME)));
    }

    @Test
    void operationsHaveTheAxesOfTheirInputs() {
        Graph g = new Graph();
        Value x = g.input("x", 3);
        Value row = LearnedRow.of(g, "row", 2, 0);
        Value z = g.latent("z", new DiagonalGaussian(row, ConstantRow.of(g, "lv", 2, 0)));
        assertEquals(Rows.BATCH, x.rows());
        assertEquals(Rows.SHARED, row.rows());
        assertEquals(Rows.SHARED, Dense.of("d", row, 4, Activation.RELU).rows());
        assertEquals(Rows.BATCH, Concatenate.of("xr", x, row).rows());
        assertEquals(SAMPLES, z.rows());
        assertEquals(SAMPLES, Concatenate.of("zx", z, x, row).rows());
        assertEquals(SAMPLES, Slice.of("s", z, 0, 1).rows());
        assertEquals(Rows.BATCH, Binarise.of("b", ConstantRow.of(g, "half", 2, 0.5f)).rows());
    }

    /** Axes that do not lie beside each other are added one after the other. */
    @Test
    void axesBetweenOthersAreRepeated() {
        Graph g = new Graph();
        Value x = g.input("x", 3, Rows.of(Axis.BATCH, Axis.TIME));
        g.repeat(x, Rows.of(Axis.BATCH, Axis.SAMPLE, Axis.TIME, Axis.MEMBER));
        assertEquals(List.of("x for each of BATCH x SAMPLE x TIME",
                "x for each of BATCH x SAMPLE x TIME for each of BATCH x SAMPLE x TIME x MEMBER"),
                g.nodes().stream().filter(Repeat.class::isInstance).map(Node::name).toList());
        String message = assertThrows(IllegalArgumentException.class, () -> g.repeat(x, Rows.BATCH)).getMessage();
        assertEquals("'x' with rows of BATCH x TIME cannot be repeated to BATCH", message);
    }

    @Test
    void whatSeveralNeedIsRepeatedOnce() {
        Graph g = new Graph();
        Value x = g.input("x", 3);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        Concatenate.of("one", z, x);
        Concatenate.of("two", x, z);
        assertEquals(List.of("x for each of BATCH x SAMPLE"),
                g.nodes().stream().filter(Repeat.class::isInstance).map(Node::name).toList());
    }

    @Test
    void withOneSampleNothingIsCopied() {
        Graph g = new Graph();
        Value x = g.input("x", 3);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        Concatenate.of("both", z, x);
        Value repeated = (Value) g.nodes().stream().filter(Repeat.class::isInstance).findFirst().orElseThrow();
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step one = Step.of(g, parameters, backend).rows(5).seed(1).evaluate(new Elbo()).compile();
                Step many = Step.of(g, parameters, backend).rows(5).samples(7).seed(1).want(repeated).compile()) {
            Matrix data = one.value(x);
            assertEquals(data.storage(), one.value(repeated).storage());
            many.value(x).set(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
            many.run(0);
            float[] found = many.value(repeated).toArray();
            assertEquals(5 * 7 * 3, found.length);
            for (int i = 0; i < found.length; i++) {
                assertEquals(i / 21 * 3 + i % 3, found[i]);
            }
        }
    }
}
