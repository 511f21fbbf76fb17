package io.elbo4j.train.posterior;

/**
 * MALA (Roberts and Tweedie 1996): a step of the unadjusted one, accepted with probability min(1, p(z')
 * q(z given z') / (p(z) q(z' given z))). It is best where a little more than a half is accepted (Roberts and Rosenthal
 * 1998).
 *
 * @param proposal what it adjusts
 */
public record MetropolisAdjustedLangevin(UnadjustedLangevin proposal) implements Transition {
    public MetropolisAdjustedLangevin(double stepSize) {
        this(new UnadjustedLangevin(stepSize));
    }

    @Override
    public String name() {
        return "MALA";
    }

    @Override
    public boolean step(Density target, Point at, Point next, double[] normals, double uniform) {
        proposal.propose(at, normals, next);
        next.evaluate(target);
        double ratio = next.logDensity() + proposal.logProbability(next, at) - at.logDensity() - proposal
                .logProbability(at, next);
        boolean accepted = StrictMath.log(uniform) < ratio;
        if (accepted) {
            at.become(next);
        }
        return accepted;
    }
}
