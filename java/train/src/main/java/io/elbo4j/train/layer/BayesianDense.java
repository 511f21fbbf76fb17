package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;

/**
 * A dense layer whose weights are random (Blundell et al. 2015): q(W) = N(M, exp(S)), q(b) = N(m, exp(s)), all of them
 * independent, under the priors N(0, deviation^2 / inputs) and N(0, deviation^2). Its parameters are
 * {@code name.mean.weight} and {@code name.mean.bias}, M and m, and {@code name.logVariance.weight} and
 * {@code name.logVariance.bias}, S and s.
 *
 * <p>The pre-activations of each row are drawn instead of the weights (Kingma et al. 2015, section 2.3, local
 * reparameterisation): they have the same distribution, row by row, and the noises of rows are independent, so that a
 * mean over the batch has a smaller variance. Rows do not share a draw of the weights: what is computed is right of
 * each row alone.
 *
 * <pre>
 *   y = activation(N(x M + m, x^2 exp(S) + exp(s)))
 *   KL term of each row of the batch = (KL(q(W) || p(W)) + KL(q(b) || p(b))) / rows of the data
 * </pre>
 *
 * So the mean over a batch of log-likelihood less KL is the ELBO of the data over its rows, for a batch of any size.
 */
public final class BayesianDense {
    /** Of q's log-variances to the prior's at first: little noise, so that the means are learned. */
    private static final float NARROWER = 6;

    private BayesianDense() {}

    /**
     * A new layer, applied to x.
     *
     * @param dataRows of all data, whose ELBO is meant: the KL of the weights is shared by so many rows
     * @param deviation of the prior, above 0: of biases, and of the weights times the square root of their number
     */
    public static Value of(String name, Value x, long units, Activation activation, long dataRows, double deviation) {
        requireGiven("name", name);
        requireGiven("x", x);
        requireGiven("activation", activation);
        require(units >= 1, "units", "at least 1", units);
        require(dataRows >= 1, "dataRows", "at least 1", dataRows);
        require(deviation >= 1e-9 && deviation <= 1e9, "deviation", "from 1e-9 to 1e9", deviation);
        Graph g = x.graph();
        long inputs = x.columns();
        float ofBias = (float) (2 * StrictMath.log(deviation));
        float ofWeight = (float) (ofBias - StrictMath.log(inputs));
        Parameter weight = Parameter.uniform(name + ".mean.weight", inputs, units, inputs);
        Parameter bias = Parameter.uniform(name + ".mean.bias", 1, units, inputs);
        Parameter weightScale = Parameter.constant(name + ".logVariance.weight", inputs, units, ofWeight - NARROWER);
        Parameter biasScale = Parameter.constant(name + ".logVariance.bias", 1, units, ofBias - NARROWER);
        Value mean = new Dense(name + ".mean", weight, bias, Activation.IDENTITY).apply(x);
        Value variance = g.add(new VarianceDense(name + ".variance", Activate.of(x, Activation.SQUARE), weightScale,
                biasScale));
        Value kl = Add.of(g.add(new ParameterKl(name + ".kl of weights", weight, weightScale, ofWeight)),
                g.add(new ParameterKl(name + ".kl of biases", bias, biasScale, ofBias)));
        ValueTerm.of(name + ".kl", Term.Role.KL, g.repeat(Scale.of(kl, 1f / dataRows, 0), Rows.BATCH));
        Value drawn = Draw.of(name, new DiagonalGaussian(mean, Activate.of(variance, Activation.LOG)));
        return activation == Activation.IDENTITY ? drawn : Activate.of(drawn, activation);
    }
}
