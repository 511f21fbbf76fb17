package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

/**
 * Euler's steps of the Langevin diffusion, taken as they come (Roberts and Tweedie 1996): z' = z + stepSize / 2
 * d log p(z) / dz + sqrt(stepSize) eps. Its distribution is off by something of the order of the step size.
 *
 * @param stepSize above 0
 */
public record UnadjustedLangevin(double stepSize) implements Transition {
    public UnadjustedLangevin {
        require(stepSize > 0 && Double.isFinite(stepSize), "stepSize", "a finite number above 0", stepSize);
    }

    @Override
    public String name() {
        return "unadjusted Langevin";
    }

    /** Where it goes from a point. */
    void propose(Point from, double[] normals, Point to) {
        for (int d = 0; d < normals.length; d++) {
            to.z()[d] = from.z()[d] + stepSize / 2 * from.gradient()[d] + StrictMath.sqrt(stepSize) * normals[d];
        }
    }

    /** log q(to given from), without its constant. */
    double logProbability(Point from, Point to) {
        double squares = 0;
        for (int d = 0; d < from.z().length; d++) {
            double noise = to.z()[d] - from.z()[d] - stepSize / 2 * from.gradient()[d];
            squares += noise * noise;
        }
        return -squares / (2 * stepSize);
    }

    @Override
    public boolean step(Density target, Point at, Point proposal, double[] normals, double uniform) {
        propose(at, normals, proposal);
        proposal.evaluate(target);
        at.become(proposal);
        return true;
    }
}
