package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

/**
 * Random-walk Metropolis (Metropolis et al. 1953): z' = z + deviation eps, accepted with probability min(1, p(z') /
 * p(z)). In few dimensions it is best where a quarter to a half is accepted (Gelman, Roberts and Gilks 1996).
 *
 * @param deviation of a proposal, above 0
 */
public record RandomWalk(double deviation) implements Transition {
    public RandomWalk {
        require(deviation > 0 && Double.isFinite(deviation), "deviation", "a finite number above 0", deviation);
    }

    @Override
    public String name() {
        return "random-walk Metropolis";
    }

    @Override
    public boolean step(Density target, Point at, Point proposal, double[] normals, double uniform) {
        for (int d = 0; d < normals.length; d++) {
            proposal.z()[d] = at.z()[d] + deviation * normals[d];
        }
        proposal.evaluate(target);
        boolean accepted = StrictMath.log(uniform) < proposal.logDensity() - at.logDensity();
        if (accepted) {
            at.become(proposal);
        }
        return accepted;
    }
}
