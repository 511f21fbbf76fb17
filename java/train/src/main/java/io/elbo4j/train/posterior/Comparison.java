package io.elbo4j.train.posterior;

import io.elbo4j.Backend;
import io.elbo4j.Workers;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Measures what each way to a posterior on the plane gives away, against quadrature. */
public final class Comparison {
    /** The powers of z1 and z2 whose chains are judged: R-hat is the largest of them, the sample size the smallest. */
    private static final int[][] MOMENTS = {{1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}};

    private final Target target;
    private final Grid grid;
    private final Moments exact;
    private final double[] masses;

    /** Computes what is exact. */
    public Comparison(Target target) {
        this.target = target;
        grid = Grid.of(target);
        exact = grid.moments(target::logDensity);
        masses = grid.masses(target::logDensity);
    }

    /**
     * What one way came to.
     *
     * @param target its name
     * @param method its name
     * @param meanError distance of the means
     * @param covarianceError Frobenius norm of the difference of the covariances
     * @param kl KL(it || the exact one) of the shares of a grid's cells, in nats
     * @param acceptanceRate of chains
     * @param evaluationsPerSample of chains: evaluations of the target for an effective sample of the bulk, without the
     *     warm-up
     * @param rHat of chains, of ranks: {@link Diagnostics#ranked}
     * @param shares of a grid's cells: {@link Grid#masses}
     */
    public record Row(String target, String method, double meanError, double covarianceError, double kl,
            OptionalDouble acceptanceRate, OptionalDouble evaluationsPerSample, OptionalDouble rHat, double[] shares) {}

    private Row row(String method, Moments moments, double[] shares) {
        return row(method, moments, shares, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());
    }

    private Row row(String method, Moments moments, double[] shares, OptionalDouble acceptanceRate,
            OptionalDouble evaluationsPerSample, OptionalDouble rHat) {
        return new Row(target.name(), method, moments.meanError(exact), moments.covarianceError(exact), Grid.kl(shares,
                masses), acceptanceRate, evaluationsPerSample, rHat, shares);
    }

    /** The shares of a grid's cells of what is exact. */
    public double[] exactShares() {
        return masses.clone();
    }

    public Row chains(Transition transition, ChainSettings settings, Workers workers) {
        Chains chains = Chains.run(target, transition, settings, workers);
        List<Diagnostics> all = IntStream.range(0, MOMENTS.length).mapToObj(i -> Diagnostics.ranked(chains.series(
                MOMENTS[i]))).toList();
        double samples = all.stream().mapToDouble(Diagnostics::effectiveSamples).min().orElseThrow();
        double rHat = all.stream().mapToDouble(Diagnostics::rHat).max().orElseThrow();
        return row(transition.name(), chains.moments(), grid.masses(chains), OptionalDouble.of(chains
                .acceptanceRate()), OptionalDouble.of(chains.evaluations() / samples), OptionalDouble.of(rHat));
    }

    /**
     * Draws by score matching, from points of the target itself.
     *
     * @param points of the target, drawn by quadrature, at least 1
     * @param draws at least 1
     */
    public Row scores(ScoreSettings settings, int points, int draws, Backend backend) {
        try (ScoreMatching matching = new ScoreMatching(grid.draws(target::logDensity, points, settings.seed()),
                settings,
                backend)) {
            return draws("score matching", matching.draw(draws));
        }
    }

    /**
     * The density of an energy-based model, from points of the target itself.
     *
     * @param points of the target, drawn by quadrature, at least 1
     */
    public Row energy(EnergySettings settings, int points, Backend backend) {
        EnergyModel model = new EnergyModel(grid.draws(target::logDensity, points, settings.seed()), settings, backend);
        return row(model.name(), grid.moments(model::logDensity), grid.masses(model::logDensity));
    }

    /** Draws of any other way, points of the plane; of n independent ones that are exact see {@link Grid#kl}. */
    public Row draws(String method, double[][] draws) {
        Moments.Sum sum = new Moments.Sum(2);
        for (double[] z : draws) {
            sum.add(z, 1);
        }
        return row(method, sum.moments(), grid.masses(draws));
    }

    public Row fit(GaussianFamily family, FitSettings settings, Backend backend) {
        GaussianFit fit = VariationalInference.fit(target, family, settings, backend);
        return row(family == GaussianFamily.FULL ? "full Gaussian" : "diagonal Gaussian", fit.moments(), grid.masses(
                fit::logDensity));
    }
}
