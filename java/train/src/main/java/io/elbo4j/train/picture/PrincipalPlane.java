package io.elbo4j.train.picture;

import static io.elbo4j.ArgumentException.require;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The plane through the mean of rows in which they vary most (Bishop 2006, section 12.1: principal components).
 * It is found by orthogonal iteration in double precision. Rows of two columns are on it as they are. A row
 * with a value that is not finite has no part in it, and no place.
 */
public final class PrincipalPlane {
    private static final int MOST_ITERATIONS = 200;
    private static final double TOLERANCE = 1e-9;
    private static final long SEED = 1;

    private final double[] origin;
    private final double[] first;
    private final double[] second;
    private final double share;

    private PrincipalPlane(double[] origin, double[] first, double[] second, double share) {
        this.origin = origin;
        this.first = first;
        this.second = second;
        this.share = share;
    }

    /** @param columns of a row, at least 2 */
    public static PrincipalPlane of(float[] rows, int columns) {
        require(columns >= 2, "columns", "at least 2", columns);
        require(rows.length % columns == 0, "rows", "of " + columns + " values each", rows.length + " values");
        return columns == 2 ? new PrincipalPlane(new double[2], new double[] {1, 0}, new double[] {0, 1}, 1)
                : new Search(rows, columns).find();
    }

    /** Of the rows' variance that is in the plane, 0 to 1; 1 if they have none. */
    public double share() {
        return share;
    }

    /** Of each of these or other rows, along the direction of the largest variance. */
    public double[] x(float[] rows) {
        return places(rows, first);
    }

    /** Of each, along the direction of the second largest variance at right angles to it. */
    public double[] y(float[] rows) {
        return places(rows, second);
    }

    private double[] places(float[] rows, double[] direction) {
        int columns = origin.length;
        double[] places = new double[rows.length / columns];
        for (int r = 0; r < places.length; r++) {
            for (int c = 0; c < columns; c++) {
                float value = rows[r * columns + c];
                places[r] += Float.isFinite(value) ? direction[c] * (value - origin[c]) : Double.NaN;
            }
        }
        return places;
    }

    private static final class Search {
        private final float[] rows;
        private final int columns;
        private final int[] finite;
        private final double[] mean;
        private final double variance;

        Search(float[] rows, int columns) {
            this.rows = rows;
            this.columns = columns;
            this.finite = IntStream.range(0, rows.length / columns).filter(r -> IntStream.range(0, columns).allMatch(
                    c -> Float.isFinite(rows[r * columns + c]))).toArray();
            this.mean = new double[columns];
            for (int r : finite) {
                for (int c = 0; c < columns; c++) {
                    mean[c] += rows[r * columns + c] / (double) finite.length;
                }
            }
            double sum = 0;
            for (int r : finite) {
                for (int c = 0; c < columns; c++) {
                    double d = rows[r * columns + c] - mean[c];
                    sum += d * d;
                }
            }
            this.variance = sum;
        }

        PrincipalPlane find() {
            SplittableRandom random = new SplittableRandom(SEED);
            double[] v = random.doubles(columns, -1, 1).toArray();
            double[] w = random.doubles(columns, -1, 1).toArray();
            normalise(v);
            orthonormalise(w, v);
            double before = -1;
            double inPlane = 0;
            for (int i = 0; i < MOST_ITERATIONS && inPlane - before > TOLERANCE * variance; i++) {
                before = inPlane;
                double[] nextV = new double[columns];
                double[] nextW = new double[columns];
                for (int r : finite) {
                    double a = along(v, r);
                    double b = along(w, r);
                    for (int c = 0; c < columns; c++) {
                        double d = rows[r * columns + c] - mean[c];
                        nextV[c] += a * d;
                        nextW[c] += b * d;
                    }
                }
                if (!(normalise(nextV) > 0)) {
                    break; // no variance
                }
                orthonormalise(nextW, nextV);
                v = nextV;
                w = nextW;
                inPlane = sumOfSquares(v) + sumOfSquares(w);
            }
            return turned(v, w);
        }

        /** Within the plane, to the direction of the largest variance. */
        private PrincipalPlane turned(double[] v, double[] w) {
            double vv = sumOfSquares(v);
            double ww = sumOfSquares(w);
            double vw = 0;
            for (int r : finite) {
                vw += along(v, r) * along(w, r);
            }
            double angle = 0.5 * StrictMath.atan2(2 * vw, vv - ww);
            double cos = StrictMath.cos(angle);
            double sin = StrictMath.sin(angle);
            double[] first = new double[columns];
            double[] second = new double[columns];
            for (int c = 0; c < columns; c++) {
                first[c] = cos * v[c] + sin * w[c];
                second[c] = cos * w[c] - sin * v[c];
            }
            return new PrincipalPlane(mean, withSign(first), withSign(second), variance > 0 ? (vv + ww) / variance
                    : 1);
        }

        /** Directions have two signs: the column that counts most counts positive. */
        private static double[] withSign(double[] direction) {
            double largest = 0;
            for (double d : direction) {
                largest = Math.abs(d) > Math.abs(largest) ? d : largest;
            }
            double sign = largest < 0 ? -1 : 1;
            return DoubleStream.of(direction).map(d -> sign * d).toArray();
        }

        private double along(double[] direction, int row) {
            double sum = 0;
            for (int c = 0; c < columns; c++) {
                sum += direction[c] * (rows[row * columns + c] - mean[c]);
            }
            return sum;
        }

        private double sumOfSquares(double[] direction) {
            double sum = 0;
            for (int r : finite) {
                double a = along(direction, r);
                sum += a * a;
            }
            return sum;
        }

        private static double normalise(double[] v) {
            double norm = Math.sqrt(dot(v, v));
            for (int c = 0; c < v.length; c++) {
                v[c] = norm > 0 ? v[c] / norm : 0;
            }
            return norm;
        }

        /** Where rows vary in one direction only, w may be 0: all are at 0 along it. */
        private static void orthonormalise(double[] w, double[] v) {
            double size = Math.sqrt(dot(w, w));
            double along = dot(v, w);
            for (int c = 0; c < v.length; c++) {
                w[c] -= along * v[c];
            }
            if (!(normalise(w) > 1e-12 * size)) {
                Arrays.fill(w, 0);
            }
        }

        private static double dot(double[] a, double[] b) {
            double sum = 0;
            for (int c = 0; c < a.length; c++) {
                sum += a[c] * b[c];
            }
            return sum;
        }
    }
}
