package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.elbo4j.Backend;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.BatchSum;
import io.elbo4j.operation.Convolution;
import io.elbo4j.operation.GaussianKlPerDimension;
import io.elbo4j.operation.GaussianLogLikelihood;
import io.elbo4j.operation.LayerNorm;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.RmsNorm;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Sums over parts of a batch, with the parts' chunks, added as a tree are the sums over the batch, by bits. */
class PartsOfABatchTest {
    private static final int COLUMNS = 21;
    private static final int OTHERS = 9;
    private static final ConvolutionShape SHAPE = new ConvolutionShape(8, 8, 2, 3, 4, 4, 2, 1);
    /** With 2, 4, 8, 8, 8 and 8 chunks; the last ones deep enough for other blocks of a product. */
    private static final int[] BATCHES = {66, 132, 256, 264, 1096, 4096};

    /** Rows of the operands, and results. */
    private interface Sum {
        Launch over(Matrix a, Matrix b, Matrix c, Matrix d, List<Matrix> results);
    }

    private record Case(long a, long b, List<long[]> results, Sum sum) {}

    private static Map<String, Case> cases() {
        Map<String, Case> all = new LinkedHashMap<>();
        all.put("Matmul.weightGradient", new Case(COLUMNS, OTHERS, List.of(new long[] {COLUMNS, OTHERS}),
                (a, b, c, d, r) -> Matmul.weightGradient(a, b, r.get(0))));
        all.put("Sums.columns", new Case(COLUMNS, 0, List.of(new long[] {1, COLUMNS}),
                (a, b, c, d, r) -> Sums.columns(a, r.get(0))));
        all.put("GaussianKlPerDimension.forward", new Case(COLUMNS, COLUMNS, List.of(new long[] {1, COLUMNS}),
                (a, b, c, d, r) -> GaussianKlPerDimension.forward(a, b, null, null, r.get(0))));
        all.put("GaussianLogLikelihood.sharedLogVarianceGradient", new Case(COLUMNS, COLUMNS, List.of(
                new long[] {1, COLUMNS}, new long[] {1, COLUMNS}), (a, b, c, d, r) -> GaussianLogLikelihood
                        .sharedLogVarianceGradient(a, r.get(1), b, c, r.get(0))));
        all.put("LayerNorm.parameterGradients", new Case(COLUMNS, COLUMNS, List.of(new long[] {1, COLUMNS},
                new long[] {1, COLUMNS}), (a, b, c, d, r) -> LayerNorm.parameterGradients(a, c, d, b, r.get(0), r.get(
                        1))));
        all.put("RmsNorm.gammaGradient", new Case(COLUMNS, COLUMNS, List.of(new long[] {1, COLUMNS}),
                (a, b, c, d, r) -> RmsNorm.gammaGradient(a, c, b, r.get(0))));
        all.put("Rows.lookUpGradient", new Case(COLUMNS, 1, List.of(new long[] {2, COLUMNS}),
                (a, b, c, d, r) -> Rows.lookUpGradient(a, b, r.get(0))));
        all.put("Convolution.biasGradient", new Case(SHAPE.smallImage(), 0, List.of(new long[] {1, SHAPE
                .smallChannels()}), (a, b, c, d, r) -> Convolution.biasGradient(SHAPE.smallRows(), SHAPE.smallColumns(),
                        a,
                        r.get(0))));
        return all;
    }

    private static List<float[]> results(Launch launch, int chunks) {
        BatchSum sum = ((BatchSum) launch.body()).withChunks(chunks);
        launch.body(sum).run();
        return sum.results().stream().map(Matrix::toArray).toList();
    }

    private static float[] tree(List<float[]> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        float[] left = tree(parts.subList(0, parts.size() / 2));
        float[] right = tree(parts.subList(parts.size() / 2, parts.size()));
        float[] sum = new float[left.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = left[i] + right[i];
        }
        return sum;
    }

    private static Matrix filled(Backend backend, long rows, long columns, int draw, List<Matrix> opened) {
        Matrix m = backend.matrix(rows, Math.max(1, columns));
        opened.add(m);
        RandomFill.normal(new Noise(17, draw), m).run();
        return m;
    }

    private static void check(String name, Case of, Backend backend, int batch) {
        List<Matrix> opened = new ArrayList<>();
        try {
            Matrix a = filled(backend, batch, of.a(), 1, opened);
            Matrix b = filled(backend, batch, of.b(), 2, opened);
            Matrix c = filled(backend, batch, 1, 3, opened);
            Matrix d = filled(backend, batch, 1, 6, opened);
            if (name.equals("Rows.lookUpGradient")) {
                float[] names = new float[batch];
                for (int i = 0; i < batch; i++) {
                    names[i] = i * 7 % 3 == 0 ? 1 : 0;
                }
                b.set(names);
            }
            List<Matrix> results = of.results().stream().map(s -> filled(backend, s[0], s[1], 4, opened)).toList();
            List<float[]> whole = results(of.sum().over(a, b, c, d, results), BatchSum.chunksOf(batch));
            for (int parts = 2; parts <= BatchSum.chunksOf(batch) && batch % parts == 0; parts *= 2) {
                List<List<float[]>> own = new ArrayList<>();
                for (int i = 0; i < parts; i++) {
                    long begin = (long) batch / parts * i;
                    long end = (long) batch / parts * (i + 1);
                    own.add(results(of.sum().over(a.rows(begin, end), b.rows(begin, end), c.rows(begin, end), d.rows(
                            begin, end), results),
                            BatchSum.chunksOf(batch) / parts));
                }
                for (int r = 0; r < whole.size(); r++) {
                    int result = r;
                    float[] sum = tree(own.stream().map(part -> part.get(result)).toList());
                    assertNull(Bits.difference(List.of(whole.get(r)), List.of(sum)), name + " of " + batch + " rows in "
                            + parts + " parts on " + backend.name());
                }
            }
        } finally {
            opened.forEach(Matrix::close);
        }
    }

    /** A device has a workspace for the leaves of the part. */
    private static void checkConvolution(Backend backend, int batch) {
        List<Matrix> opened = new ArrayList<>();
        try {
            Matrix big = filled(backend, batch, SHAPE.bigImage(), 1, opened);
            Matrix small = filled(backend, batch, SHAPE.smallImage(), 2, opened);
            Matrix result = filled(backend, SHAPE.weightRows(), SHAPE.smallChannels(), 3, opened);
            float[] whole = weights(backend, big, small, result, BatchSum.chunksOf(batch), opened);
            for (int parts = 2; parts <= BatchSum.chunksOf(batch) && batch % parts == 0; parts *= 2) {
                List<float[]> own = new ArrayList<>();
                for (int i = 0; i < parts; i++) {
                    long begin = (long) batch / parts * i;
                    long end = (long) batch / parts * (i + 1);
                    own.add(weights(backend, big.rows(begin, end), small.rows(begin, end), result, BatchSum.chunksOf(
                            batch) / parts, opened));
                }
                assertNull(Bits.difference(List.of(whole), List.of(tree(own))), "Convolution.weightGradient of " + batch
                        + " images in " + parts + " parts on " + backend.name());
            }
        } finally {
            opened.forEach(Matrix::close);
        }
    }

    private static float[] weights(Backend backend, Matrix big, Matrix small, Matrix result, int chunks,
            List<Matrix> opened) {
        int leaves = Convolution.leaves(big.rows(), chunks, SHAPE.smallRows(), SHAPE.smallColumns());
        Matrix workspace = leaves > 1 && backend.memory() == Backend.Memory.DEVICE ? filled(backend, leaves,
                (long) SHAPE
                        .weightRows() * SHAPE.smallChannels(), 5, opened) : null;
        Convolution.weightGradient(SHAPE, big, small, workspace, result, chunks).run();
        return result.toArray();
    }

    @Test
    void partsAreTheWhole() {
        for (BackendsUnderTest under : BackendsUnderTest.all()) {
            try (Backend backend = under.open()) {
                for (int batch : BATCHES) {
                    cases().forEach((name, of) -> check(name, of, backend, batch));
                    checkConvolution(backend, batch);
                }
            }
        }
    }

    @Test
    void everySumOverABatchIsACase() {
        Set<String> sums = new TreeSet<>();
        Shape shape = Shape.ALL[Shape.ALL.length - 1];
        try (Backend backend = BackendsUnderTest.reference()) {
            for (BiFunction<Bench, Shape, Launch> operation : Operations.all().values()) {
                try (Bench bench = new Bench(backend, Values.NORMAL, 1, shape.strided())) {
                    Launch launch = operation.apply(bench, shape);
                    if (launch.body() instanceof BatchSum) {
                        sums.add(launch.name());
                    }
                }
            }
            Set<String> cases = new TreeSet<>(cases().keySet());
            cases.add("Convolution.weightGradient");
            assertEquals(sums, cases);
        }
    }
}
