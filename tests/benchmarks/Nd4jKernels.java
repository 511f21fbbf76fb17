import io.elbo4j.Noise;
import io.elbo4j.nd4j.BernoulliLogLikelihood;
import io.elbo4j.nd4j.GaussianLogLikelihood;
import io.elbo4j.nd4j.GaussianSampleKl;
import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The fused operations on ND4J's arrays against the same composed of ND4J's operations inside a workspace, forward and
 * backward, interleaved: milliseconds of both and their ratio, medians with the range of the middle 80 %. Both get all
 * threads. First the two are compared: what they compute must be the same.
 *
 * <p>Build, then (for a fair ND4J with OpenBLAS 0.3.31 and its threads asleep between products):
 * <pre>
 *   mvn -q -Dnative=cpu -DskipTests -pl java/nd4j -am package dependency:build-classpath \
 *           -DexcludeArtifactIds=nd4j-cuda-11.6 -Dmdep.outputFile=/tmp/nd4j.txt
 *   OMP_WAIT_POLICY=passive java -cp java/nd4j/target/classes:$(cat /tmp/nd4j.txt) tests/benchmarks/Nd4jKernels.java
 * </pre>
 */
final class Nd4jKernels {
    private static final int WARM_UP = 100;
    private static final int ROUNDS = 101;
    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private final MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getWorkspaceForCurrentThread(
            WorkspaceConfiguration.builder().initialSize(256L << 20).policyLearning(LearningPolicy.FIRST_LOOP).build(),
            "composed");
    private final INDArray a;
    private final INDArray b;
    private final INDArray x;
    private final INDArray perRow;
    private final INDArray weight;
    private final INDArray dz;
    private final INDArray z;
    private final INDArray da;
    private final INDArray db;
    private final INDArray eps;
    private final Noise noise = new Noise(1, 0);

    private Nd4jKernels(long rows, long columns) {
        a = Nd4j.randn(DataType.FLOAT, rows, columns);
        b = Nd4j.randn(DataType.FLOAT, rows, columns);
        x = Nd4j.rand(DataType.FLOAT, rows, columns);
        dz = Nd4j.randn(DataType.FLOAT, rows, columns);
        perRow = Nd4j.create(DataType.FLOAT, rows, 1);
        weight = Nd4j.valueArrayOf(new long[] {rows, 1}, 0.5f, DataType.FLOAT);
        z = Nd4j.create(DataType.FLOAT, rows, columns);
        da = Nd4j.create(DataType.FLOAT, rows, columns);
        db = Nd4j.create(DataType.FLOAT, rows, columns);
        eps = Nd4j.create(DataType.FLOAT, rows, columns);
    }

    private void sampleKl() {
        GaussianSampleKl.forward(a, b, noise, z, perRow);
        GaussianSampleKl.backward(a, b, noise, dz, weight, da, db);
    }

    /** Noise by ND4J's own generator into an array that is kept for the backward pass. */
    private void composedSampleKl() {
        Nd4j.randn(eps);
        sampleKlOf(eps);
    }

    private void sampleKlOf(INDArray noiseValues) {
        INDArray deviation = Transforms.exp(b.mul(0.5f), false);
        INDArray scaled = noiseValues.mul(deviation);
        a.addi(scaled, z);
        INDArray variance = deviation.mul(deviation);
        INDArray terms = a.mul(a).addi(variance).subi(b).subi(1);
        perRow.assign(terms.sum(true, 1).muli(0.5f));
        a.muli(weight, da).addi(dz);
        variance.subi(1, db).muliColumnVector(weight).addi(scaled.muli(dz)).muli(0.5f);
    }

    private void bernoulli() {
        BernoulliLogLikelihood.fused(a, x, weight, perRow, da);
    }

    private void composedBernoulli() {
        INDArray terms = a.mul(x).subi(Transforms.softPlus(a, true));
        perRow.assign(terms.sum(true, 1));
        x.subi(Transforms.sigmoid(a, true), da).muliColumnVector(weight);
    }

    private void gaussian() {
        GaussianLogLikelihood.fused(a, b, x, weight, perRow, da, db);
    }

    private void composedGaussian() {
        INDArray precision = Transforms.exp(b.neg(), false);
        INDArray difference = x.sub(a);
        INDArray scaled = difference.mul(precision);
        INDArray square = difference.muli(scaled);
        perRow.assign(square.add(b).sum(true, 1).addi(LOG_2_PI * a.columns()).muli(-0.5f));
        da.assign(scaled.muliColumnVector(weight));
        db.assign(square.subi(1).muliColumnVector(weight).muli(0.5f));
    }

    private double millis(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) * 1e-6;
    }

    private void inWorkspace(Runnable composed) {
        try (MemoryWorkspace scope = workspace.notifyScopeEntered()) {
            composed.run();
        }
    }

    private void measure(String name, Runnable fused, Runnable composed) {
        double[] ours = new double[ROUNDS];
        double[] theirs = new double[ROUNDS];
        double[] ratios = new double[ROUNDS];
        for (int i = -WARM_UP; i < ROUNDS; i++) {
            double one = millis(fused);
            double other = millis(() -> inWorkspace(composed));
            if (i >= 0) {
                ours[i] = one;
                theirs[i] = other;
                ratios[i] = other / one;
            }
        }
        System.out.printf(Locale.ROOT, "%-24s %5d x %3d   elbo4j %7.3f ms   ND4J %8.3f ms   ratio %s%n", name, a.rows(),
                a.columns(), median(ours), median(theirs), range(ratios));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static String range(double[] values) {
        return String.format(Locale.ROOT, "%5.1f (%.1f .. %.1f)", median(values), values[values.length / 10],
                values[values.length - 1 - values.length / 10]);
    }

    /** Both compute the same results, up to rounding. */
    private void check(String name, Runnable fused, Runnable composed, INDArray... results) {
        fused.run();
        INDArray[] expected = new INDArray[results.length];
        for (int i = 0; i < results.length; i++) {
            expected[i] = results[i].dup();
            results[i].assign(-7);
        }
        inWorkspace(composed);
        for (int i = 0; i < results.length; i++) {
            double worst = Transforms.abs(results[i].sub(expected[i])).div(Transforms.abs(expected[i]).addi(1))
                    .maxNumber().doubleValue();
            if (!(worst < 1e-4)) {
                throw new AssertionError(name + ": result " + i + " differs by " + worst);
            }
        }
    }

    private void run() {
        INDArray zeros = Nd4j.create(DataType.FLOAT, a.rows(), a.columns());
        INDArray mine = Nd4j.create(DataType.FLOAT, a.rows(), a.columns());
        GaussianSampleKl.forward(zeros, zeros, noise, mine, perRow);
        check("sample and KL", this::sampleKl, () -> sampleKlOf(mine), z, perRow, da, db);
        check("Bernoulli", this::bernoulli, this::composedBernoulli, perRow, da);
        check("Gaussian", this::gaussian, this::composedGaussian, perRow, da, db);
        measure("sample and KL", this::sampleKl, this::composedSampleKl);
        measure("Bernoulli", this::bernoulli, this::composedBernoulli);
        measure("Gaussian", this::gaussian, this::composedGaussian);
    }

    public static void main(String[] args) {
        for (long columns : new long[] {64, 784}) {
            new Nd4jKernels(4096, columns).run();
        }
    }
}
