package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Draws;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.GumbelNoise;
import io.elbo4j.train.layer.LogSoftmax;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Softmax;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The logarithm of a point of the simplex, z = log softmax((logits + g) / temperature) with Gumbel noise g: the
 * Gumbel-softmax or Concrete distribution (Jang et al. 2017; Maddison et al. 2017, in log space as in their appendix
 * C.3, where nothing underflows). A decoder takes {@link #point}, or its maximum with
 * {@link io.elbo4j.train.layer.OneHot#straightThrough}. With s = logits - temperature z
 *
 * <pre>
 *   log q(z) = log (C - 1)! + (C - 1) log temperature + sum_c log softmax(s)_c
 * </pre>
 *
 * @param logits one column a class
 * @param temperature above 0: near 0 points are close to corners
 */
public record RelaxedCategorical(Value logits, float temperature) implements Posterior {
    /** Two uses of one distribution have buffers of their own. */
    private record Use(RelaxedCategorical of, Node by) {}

    public RelaxedCategorical {
        Relaxed.requireTemperature(temperature);
    }

    /** The point of the simplex that a sample z is the logarithm of. */
    public static Value point(Value z) {
        return Activate.of(z, Activation.EXP);
    }

    private Relaxed relaxed() {
        return new Relaxed(logits, temperature);
    }

    @Override
    public long columns() {
        return logits.columns();
    }

    @Override
    public Draws draws() {
        return Draws.LOG_SIMPLEX;
    }

    @Override
    public List<Value> parameters() {
        return List.of(logits);
    }

    @Override
    public RelaxedCategorical with(UnaryOperator<Value> each) {
        return new RelaxedCategorical(each.apply(logits), temperature);
    }

    @Override
    public boolean differentiatesX() {
        return true;
    }

    private float constant() {
        double sum = (columns() - 1) * StrictMath.log(temperature);
        for (long i = 2; i < columns(); i++) {
            sum += StrictMath.log(i);
        }
        return (float) sum;
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Use use = new Use(this, plan.node());
        Matrix s = plan.buffer(use, "scores", result.rows(), columns());
        Matrix logs = plan.buffer(use, "log softmax of the scores", s.rows(), s.columns());
        relaxed().scores(plan, x, s);
        // sum s - C log sum exp(s) would cancel: a row of s may be far from 0, its log softmax is not
        plan.launch(io.elbo4j.operation.Softmax.logForward(s, logs));
        plan.launch(Sums.rows(logs, result));
        plan.launch(Arithmetic.scaleAndShift(1, constant(), result, result));
        if (weight.isPresent() && (plan.wants(logits) || plan.wants(x))) {
            // d log q / ds = 1 - C softmax(s)
            Matrix share = plan.buffer(use, "weighed softmax", s.rows(), s.columns());
            Matrix ds = plan.buffer(use, "gradient of the scores", s.rows(), s.columns());
            plan.launch(LogMeanExp.backward(s, weight.get(), share));
            plan.launch(Arithmetic.scale(columns(), share, share));
            plan.launch(RowSum.spread(plan, use, weight.get(), ds));
            plan.launch(Arithmetic.subtract(ds, share, ds));
            relaxed().gradients(plan, x, ds);
        }
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        Matrix perturbed = plan.buffer(owner, "perturbed logits", target.rows(), target.columns());
        GumbelNoise.draw(plan, noise, perturbed);
        relaxed().perturbed(plan, perturbed);
        plan.launch(io.elbo4j.operation.Softmax.logForward(perturbed, target));
    }

    /** Of the categorical distribution that it relaxes: its own has no closed form. */
    @Override
    public Value mean() {
        return Softmax.of(logits);
    }

    /**
     * Under another RelaxedCategorical, usually of equal logits and this temperature, with a KL that is estimated from
     * the samples, so that the ELBO is a bound (Maddison et al. 2017). Under a {@link Categorical}, which is drawn
     * relaxed too, with the KL of the two categorical distributions in closed form: no bound (Jang et al. 2017).
     */
    @Override
    public Latent latent(String name, @Nullable Distribution prior) {
        Categorical q = new Categorical(logits);
        Value noise = GumbelNoise.of(logits.graph(), "Gumbel noise of " + name, logits.rows().union(Rows.of(
                Axis.SAMPLE)), columns());
        Value z = LogSoftmax.of(Scale.of(Add.of(logits, noise), 1 / temperature, 0));
        if (prior instanceof Categorical p) {
            return new RelaxedLatent(name, this, new RelaxedCategorical(p.logits(), temperature), z, q.kl(p));
        }
        return new RelaxedLatent(name, this, prior == null ? new RelaxedCategorical(q.uniform().logits(), temperature)
                : prior, z, null);
    }
}
