package io.elbo4j.train.posterior;

import io.elbo4j.Workers;
import java.util.Arrays;

/** Markov chains of one target, and where they went. */
public final class Chains {
    private static final int START = 0;
    private static final int PROPOSALS = 1;
    private static final int ACCEPTANCE = 2;

    private final int dimensions;
    private final int steps;
    private final int evaluationsOfStep;
    private final double[][] visited;
    private final long[] accepted;

    private Chains(Density target, Transition transition, ChainSettings settings) {
        dimensions = target.dimensions();
        steps = settings.steps();
        evaluationsOfStep = transition.evaluations();
        visited = new double[settings.chains()][Math.multiplyExact(steps, dimensions)];
        accepted = new long[settings.chains()];
    }

    /**
     * Runs them: the workers share the chains, of which none knows of another.
     *
     * @throws IllegalArgumentException if one flies off to infinity
     */
    public static Chains run(Density target, Transition transition, ChainSettings settings, Workers workers) {
        Chains chains = new Chains(target, transition, settings);
        workers.run((worker, count) -> {
            for (int c = worker; c < settings.chains(); c += count) {
                chains.run(c, target, transition, settings);
            }
        });
        return chains;
    }

    private void run(int chain, Density target, Transition transition, ChainSettings settings) {
        ChainNoise proposals = new ChainNoise(settings.seed(), PROPOSALS);
        ChainNoise acceptance = new ChainNoise(settings.seed(), ACCEPTANCE);
        Point at = new Point(dimensions);
        Point room = new Point(dimensions);
        new ChainNoise(settings.seed(), START).normals(chain, 0, at.z());
        for (int d = 0; d < dimensions; d++) {
            at.z()[d] *= settings.spread();
        }
        at.evaluate(target);
        double[] normals = new double[dimensions];
        for (int t = -settings.warmUp(); t < steps; t++) {
            long number = (long) t + settings.warmUp();
            proposals.normals(chain, number, normals);
            boolean moved = transition.step(target, at, room, normals, acceptance.uniform(chain, number));
            if (!Double.isFinite(at.logDensity())) {
                throw new IllegalArgumentException(transition.name() + " on " + target.name() + ": chain " + chain
                        + " flew off to infinity in step " + number
                        + ": a smaller step, or a smaller spread of the starts, keeps it");
            }
            if (t >= 0) {
                System.arraycopy(at.z(), 0, visited[chain], t * dimensions, dimensions);
                accepted[chain] += moved ? 1 : 0;
            }
        }
    }

    public int count() {
        return visited.length;
    }

    public int steps() {
        return steps;
    }

    public int dimensions() {
        return dimensions;
    }

    /** How often the target was evaluated for the steps that were kept, of all chains. */
    public long evaluations() {
        return (long) count() * steps * evaluationsOfStep;
    }

    public double acceptanceRate() {
        return Arrays.stream(accepted).sum() / ((double) count() * steps);
    }

    public double at(int chain, int step, int dimension) {
        return visited[chain][step * dimensions + dimension];
    }

    /** Where a chain was. */
    public double[] point(int chain, int step) {
        return Arrays.copyOfRange(visited[chain], step * dimensions, (step + 1) * dimensions);
    }

    /** A product of powers of the coordinates along each chain: (1, 0) is z1, (0, 2) is z2^2. */
    public double[][] series(int... powers) {
        double[][] series = new double[count()][steps];
        for (int c = 0; c < count(); c++) {
            for (int t = 0; t < steps; t++) {
                double product = 1;
                for (int d = 0; d < dimensions; d++) {
                    for (int p = 0; p < powers[d]; p++) {
                        product *= at(c, t, d);
                    }
                }
                series[c][t] = product;
            }
        }
        return series;
    }

    public Moments moments() {
        Moments.Sum sum = new Moments.Sum(dimensions);
        double[] z = new double[dimensions];
        for (double[] chain : visited) {
            for (int t = 0; t < steps; t++) {
                System.arraycopy(chain, t * dimensions, z, 0, dimensions);
                sum.add(z, 1);
            }
        }
        return sum.moments();
    }
}
