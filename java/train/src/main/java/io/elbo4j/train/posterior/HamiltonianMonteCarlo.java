package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

/**
 * Hamiltonian Monte Carlo (Neal 2011, figure 2): z gets a momentum p ~ N(0, I) and moves by leapfrog steps, which keep
 * log p(z) - |p|^2 / 2 nearly; accepted with probability min(1, exp of what that has gained).
 *
 * @param stepSize of a leapfrog step, above 0
 * @param leaps leapfrog steps, each of which evaluates the target once; at least 1
 */
public record HamiltonianMonteCarlo(double stepSize, int leaps) implements Transition {
    public HamiltonianMonteCarlo {
        require(stepSize > 0 && Double.isFinite(stepSize), "stepSize", "a finite number above 0", stepSize);
        require(leaps >= 1, "leaps", "at least 1", leaps);
    }

    @Override
    public String name() {
        return "HMC";
    }

    @Override
    public int evaluations() {
        return leaps;
    }

    @Override
    public boolean step(Density target, Point at, Point proposal, double[] normals, double uniform) {
        double[] momentum = normals.clone();
        proposal.become(at);
        for (int l = 0; l < leaps; l++) {
            kick(proposal, momentum);
            for (int d = 0; d < momentum.length; d++) {
                proposal.z()[d] += stepSize * momentum[d];
            }
            proposal.evaluate(target);
            kick(proposal, momentum);
        }
        double gained = proposal.logDensity() - kinetic(momentum) - at.logDensity() + kinetic(normals);
        boolean accepted = StrictMath.log(uniform) < gained;
        if (accepted) {
            at.become(proposal);
        }
        return accepted;
    }

    private void kick(Point at, double[] momentum) {
        for (int d = 0; d < momentum.length; d++) {
            momentum[d] += stepSize / 2 * at.gradient()[d];
        }
    }

    private static double kinetic(double[] momentum) {
        double squares = 0;
        for (double p : momentum) {
            squares += p * p;
        }
        return squares / 2;
    }
}
