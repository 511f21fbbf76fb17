package io.elbo4j.control.linear;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

/**
 * What a linear regression of y on x needs of its rows, or of what is known of them: the sums of E[y y^T], E[y x^T] and
 * E[x x^T], and how many there are.
 */
public final class Moments {
    private double[][] yy;
    private double[][] yx;
    private double[][] xx;
    private double count;

    /**
     * None yet.
     *
     * @param outputs numbers of y, at least 1
     * @param inputs numbers of x, at least 1
     */
    public Moments(int outputs, int inputs) {
        require(outputs >= 1, "outputs", "at least 1", outputs);
        require(inputs >= 1, "inputs", "at least 1", inputs);
        yy = new double[outputs][outputs];
        yx = new double[outputs][inputs];
        xx = new double[inputs][inputs];
    }

    /** Of one row that is known. */
    public static Moments of(double[] y, double[] x) {
        Moments one = new Moments(requireGiven("y", y).length, requireGiven("x", x).length);
        one.yy = Dense.outer(y, y);
        one.yx = Dense.outer(y, x);
        one.xx = Dense.outer(x, x);
        one.count = 1;
        return one;
    }

    /**
     * Of one row that is not known exactly.
     *
     * @param covariance of (y, x): of all of y, and of the first numbers of x; the others are known
     */
    static Moments of(double[] y, double[] x, double[][] covariance) {
        Moments one = of(y, x);
        for (int i = 0; i < covariance.length; i++) {
            for (int j = 0; j < covariance.length; j++) {
                if (i < y.length && j < y.length) {
                    one.yy[i][j] += covariance[i][j];
                } else if (i < y.length) {
                    one.yx[i][j - y.length] += covariance[i][j];
                } else if (j >= y.length) {
                    one.xx[i - y.length][j - y.length] += covariance[i][j];
                }
            }
        }
        return one;
    }

    /**
     * Adds others.
     *
     * @param weight what each of their rows counts, at least 0
     */
    public void add(double weight, Moments others) {
        requireGiven("others", others);
        require(weight >= 0 && Double.isFinite(weight), "weight", "at least 0", weight);
        require(others.yy.length == yy.length && others.xx.length == xx.length, "others", yy.length + " outputs and "
                + xx.length + " inputs", others.yy.length + " and " + others.xx.length);
        yy = Dense.sum(yy, weight, others.yy);
        yx = Dense.sum(yx, weight, others.yx);
        xx = Dense.sum(xx, weight, others.xx);
        count += weight * others.count;
    }

    double[][] yy() {
        return yy;
    }

    double[][] yx() {
        return yx;
    }

    double[][] xx() {
        return xx;
    }

    /** Rows, by their weights. */
    public double count() {
        return count;
    }
}
