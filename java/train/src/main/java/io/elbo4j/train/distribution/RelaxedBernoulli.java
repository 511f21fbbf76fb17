package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.LogisticNoise;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The logit of a number in (0, 1), z = (logits + l) / temperature with logistic noise l, dimensions independent: the
 * binary Concrete distribution (Maddison et al. 2017, appendix B, in the space of logits, where nothing underflows). A
 * decoder takes {@link #point}. With s = logits - temperature z
 *
 * <pre>
 *   log q(z) = sum log temperature + s - 2 softplus(s)
 * </pre>
 *
 * @param temperature above 0: near 0 points are close to 0 and 1
 */
public record RelaxedBernoulli(Value logits, float temperature) implements Posterior {
    /** Two uses of one distribution have buffers of their own. */
    private record Use(RelaxedBernoulli of, Node by) {}

    public RelaxedBernoulli {
        Relaxed.requireTemperature(temperature);
    }

    /** The number in (0, 1) that a sample z is the logit of. */
    public static Value point(Value z) {
        return Activate.of(z, Activation.SIGMOID);
    }

    private Relaxed relaxed() {
        return new Relaxed(logits, temperature);
    }

    @Override
    public long columns() {
        return logits.columns();
    }

    @Override
    public List<Value> parameters() {
        return List.of(logits);
    }

    @Override
    public RelaxedBernoulli with(UnaryOperator<Value> each) {
        return new RelaxedBernoulli(each.apply(logits), temperature);
    }

    @Override
    public boolean differentiatesX() {
        return true;
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Use use = new Use(this, plan.node());
        Matrix s = plan.buffer(use, "scores", result.rows(), columns());
        Matrix other = plan.buffer(use, "function of the scores", result.rows(), columns());
        relaxed().scores(plan, x, s);
        plan.launch(Elementwise.activation(Activation.SOFTPLUS, s, other));
        plan.launch(Arithmetic.scale(-2, other, other));
        plan.launch(Arithmetic.add(s, other, other));
        plan.launch(Sums.rows(other, result));
        plan.launch(Arithmetic.scaleAndShift(1, (float) (columns() * StrictMath.log(temperature)), result, result));
        if (weight.isPresent() && (plan.wants(logits) || plan.wants(x))) {
            // d log q / ds = 1 - 2 sigmoid(s)
            plan.launch(Elementwise.activation(Activation.SIGMOID, s, s));
            plan.launch(Arithmetic.scaleAndShift(-2, 1, s, s));
            plan.launch(RowSum.spread(plan, use, weight.get(), other));
            plan.launch(Arithmetic.multiply(s, other, other));
            relaxed().gradients(plan, x, other);
        }
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        LogisticNoise.draw(plan, owner, noise, target);
        relaxed().perturbed(plan, target);
    }

    /** Of the Bernoulli distribution that it relaxes: its own has no closed form. */
    @Override
    public Value mean() {
        return Activate.of(logits, Activation.SIGMOID);
    }

    /**
     * Under another RelaxedBernoulli, usually of logits 0 and this temperature, with a KL that is estimated from the
     * samples, so that the ELBO is a bound. Under a {@link Bernoulli}, which is drawn relaxed too, with the KL of the
     * two Bernoulli distributions in closed form: no bound.
     */
    @Override
    public Latent latent(String name, @Nullable Distribution prior) {
        Bernoulli q = new Bernoulli(logits);
        Value noise = LogisticNoise.of(logits.graph(), "logistic noise of " + name, logits.rows().union(Rows.of(
                Axis.SAMPLE)), columns());
        Value z = Scale.of(Add.of(logits, noise), 1 / temperature, 0);
        if (prior instanceof Bernoulli p) {
            return new RelaxedLatent(name, this, new RelaxedBernoulli(p.logits(), temperature), z, q.kl(p));
        }
        return new RelaxedLatent(name, this, prior == null ? new RelaxedBernoulli(q.uniform().logits(), temperature)
                : prior, z, null);
    }
}
