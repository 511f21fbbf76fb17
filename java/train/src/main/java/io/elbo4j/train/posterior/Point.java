package io.elbo4j.train.posterior;

/** A point with what the target says of it. */
public final class Point {
    private final double[] z;
    private final double[] gradient;
    private double logDensity;

    Point(int dimensions) {
        z = new double[dimensions];
        gradient = new double[dimensions];
    }

    /** The point itself: whoever writes into it evaluates it. */
    public double[] z() {
        return z;
    }

    /** d log p / dz. */
    public double[] gradient() {
        return gradient;
    }

    public double logDensity() {
        return logDensity;
    }

    public void evaluate(Density target) {
        logDensity = target.logDensity(z, gradient);
    }

    /** Takes over what the other one is. */
    public void become(Point other) {
        System.arraycopy(other.z, 0, z, 0, z.length);
        System.arraycopy(other.gradient, 0, gradient, 0, gradient.length);
        logDensity = other.logDensity;
    }
}
