package io.elbo4j.train.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.LearnedRow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputsTest {
    /** Another support, nothing else. */
    private record With(Bernoulli of, Support support) implements Distribution {
        @Override
        public long columns() {
            return of.columns();
        }

        @Override
        public List<Value> parameters() {
            return of.parameters();
        }

        @Override
        public Distribution with(UnaryOperator<Value> each) {
            return new With(of.with(each), support);
        }

        @Override
        public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
            of.logDensity(plan, x, result, weight);
        }

        @Override
        public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
            of.sample(plan, owner, noise, target);
        }

        @Override
        public Value mean() {
            return of.mean();
        }
    }

    private static Graph graph(Support support) {
        Graph g = new Graph();
        g.observe("o", new With(new Bernoulli(LearnedRow.of(g, "logits", 2, 0)), support), g.input(Images.X, 2));
        return g;
    }

    /** Every byte, written as NumPy does. */
    private static DataSource bytes(Path folder) throws Exception {
        byte[] file = new byte[128 + 256];
        String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (128, 2), }";
        byte[] start = ("\u0093NUMPY\1\0v\0" + header + " ".repeat(117 - header.length()) + "\n").getBytes(
                StandardCharsets.ISO_8859_1);
        System.arraycopy(start, 0, file, 0, 128);
        for (int i = 0; i < 256; i++) {
            file[128 + i] = (byte) i;
        }
        return DataSource.parse("npy=" + Files.write(folder.resolve("bytes.npy"), file));
    }

    @Test
    void bytesAreCountsWhereTheLikelihoodIsOfCounts(@TempDir Path folder) throws Exception {
        DataSource source = bytes(folder);
        assertEquals(source, Inputs.taken(graph(Support.UNIT_INTERVAL), source));
        Images counts = Inputs.taken(graph(Support.COUNTS), source).test();
        assertEquals(12, counts.count());
        for (int i = 0; i < 24; i++) {
            assertEquals(232 + i, counts.copyRows(i / 2, 1)[i % 2]);
        }
        Images train = Inputs.taken(graph(Support.COUNTS), source).train();
        assertArrayEquals(new float[] {0, 1}, train.copyRows(0, 1));
        assertSame(train, train.undivided());
        Inputs.requireValues(graph(Support.COUNTS), train);
        assertEquals("the With likelihood needs values that are counts, whole numbers from 0 to 16777216; row 0, column"
                + " 1 is 0.003921569", assertThrows(DataException.class, () -> Inputs.requireValues(graph(
                        Support.COUNTS), source.train())).getMessage().replaceFirst(".*bytes.npy: ", ""));
    }

    @Test
    void countsAreWholeNumbersThatFloatsHave() {
        assertEquals(List.of(true, true, true, false, false, false, false), List.of(0.0, -0.0, 0x1p24, 0x1p24 + 1, -1.0,
                0.5, Double.NaN).stream().map(Support.COUNTS::has).toList());
    }
}
