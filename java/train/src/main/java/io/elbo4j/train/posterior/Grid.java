package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * A square of the plane in equal cells: exact moments by quadrature, and the KL of whatever has a density or draws. The
 * masses of the cells are midpoint sums, whose error falls faster than any power of the distance where a smooth
 * density has died down at the edge (Trefethen and Weideman 2014).
 */
public final class Grid {
    private static final int POINTS = 4;
    private static final int SHARES = 5;
    private static final int PLACES = 6;

    private final double reach;
    private final int cells;

    /**
     * @param reach the square is from -reach to reach
     * @param cells a side
     */
    public Grid(double reach, int cells) {
        require(reach > 0 && Double.isFinite(reach), "reach", "a finite number above 0", reach);
        require(cells >= 1, "cells", "at least 1", cells);
        this.reach = reach;
        this.cells = cells;
    }

    /** For a target on the plane. */
    public static Grid of(Target target) {
        require(target.dimensions() == 2, "target", "of 2 dimensions", target.dimensions());
        return new Grid(target.reach(), 64);
    }

    private interface Visitor {
        void at(int cell, double[] z, double density);
    }

    private void visit(ToDoubleFunction<double[]> logDensity, Visitor visitor) {
        int points = cells * POINTS;
        double[] z = new double[2];
        for (int i = 0; i < points; i++) {
            for (int j = 0; j < points; j++) {
                z[0] = reach * ((2 * i + 1.0) / points - 1);
                z[1] = reach * ((2 * j + 1.0) / points - 1);
                visitor.at(i / POINTS * cells + j / POINTS, z, StrictMath.exp(logDensity.applyAsDouble(z)));
            }
        }
    }

    /** The integral of exp(logDensity): p(x), where that is log p(z, x). */
    public double integral(ToDoubleFunction<double[]> logDensity) {
        double side = 2 * reach / cells / POINTS;
        double[] sum = {0};
        visit(logDensity, (cell, z, density) -> sum[0] += density);
        return sum[0] * side * side;
    }

    /** Points of a density: a point of the quadrature by its share, moved uniformly in its part of the square. */
    public double[][] draws(ToDoubleFunction<double[]> logDensity, int count, long seed) {
        require(count >= 1, "count", "at least 1", count);
        int points = cells * POINTS;
        double[] below = new double[points * points + 1];
        int[] visited = {0};
        visit(logDensity, (cell, z, density) -> below[visited[0] + 1] = below[visited[0]++] + density);
        ChainNoise shares = new ChainNoise(seed, SHARES);
        ChainNoise places = new ChainNoise(seed, PLACES);
        double side = 2 * reach / points;
        double[][] draws = new double[count][2];
        for (int i = 0; i < count; i++) {
            int found = Arrays.binarySearch(below, shares.uniform(i, 0) * below[below.length - 1]);
            int at = found < 0 ? -found - 2 : found;
            draws[i][0] = side * (at / points + places.uniform(i, 0)) - reach;
            draws[i][1] = side * (at % points + places.uniform(i, 1)) - reach;
        }
        return draws;
    }

    public Moments moments(ToDoubleFunction<double[]> logDensity) {
        Moments.Sum sum = new Moments.Sum(2);
        visit(logDensity, (cell, z, density) -> sum.add(z, density));
        return sum.moments();
    }

    /** The share of each cell; their sum is 1. */
    public double[] masses(ToDoubleFunction<double[]> logDensity) {
        double[] masses = new double[cells * cells];
        visit(logDensity, (cell, z, density) -> masses[cell] += density);
        return shares(masses);
    }

    /** The share of each cell; the cells of the border also have what lies beyond. */
    public double[] masses(Chains chains) {
        require(chains.dimensions() == 2, "chains", "of 2 dimensions", chains.dimensions());
        double[] masses = new double[cells * cells];
        for (int c = 0; c < chains.count(); c++) {
            for (int t = 0; t < chains.steps(); t++) {
                masses[index(chains.at(c, t, 0)) * cells + index(chains.at(c, t, 1))]++;
            }
        }
        return shares(masses);
    }

    /** As those of chains, of points. */
    public double[] masses(double[][] draws) {
        double[] masses = new double[cells * cells];
        for (double[] z : draws) {
            require(z.length == 2, "draws", "of 2 dimensions", z.length);
            masses[index(z[0]) * cells + index(z[1])]++;
        }
        return shares(masses);
    }

    private int index(double z) {
        return Math.max(0, Math.min(cells - 1, (int) StrictMath.floor((z / reach + 1) / 2 * cells)));
    }

    private static double[] shares(double[] masses) {
        double sum = 0;
        for (double mass : masses) {
            sum += mass;
        }
        for (int i = 0; i < masses.length; i++) {
            masses[i] /= sum;
        }
        return masses;
    }

    /**
     * KL(q || p) of shares of cells, in nats: at most that of the densities. Of n independent draws from p itself it is
     * about (cells that have mass - 1) / 2n. A share of p that is too small for a double counts as 1e-308.
     */
    public static double kl(double[] q, double[] p) {
        double sum = 0;
        for (int i = 0; i < q.length; i++) {
            if (q[i] > 0) {
                sum += q[i] * (StrictMath.log(q[i]) - StrictMath.log(Math.max(p[i], Double.MIN_NORMAL)));
            }
        }
        return sum;
    }
}
