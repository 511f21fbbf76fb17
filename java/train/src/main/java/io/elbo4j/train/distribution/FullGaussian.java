package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.layer.TriangularProduct;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * N(mean, (S + L) (S + L)^T), a posterior whose dimensions depend on each other (Kingma and Welling 2019, section
 * 2.5.1): z = mean + (S + L) eps with S = diag(exp(logDiagonal)) and L strictly lower triangular.
 *
 * <pre>
 *   log q(z)           = -|eps|^2 / 2 - sum logDiagonal - D/2 log 2 pi
 *   KL(q || N(0, I))   = (|S|^2 + |L|^2 + |mean|^2 - D) / 2 - sum logDiagonal
 * </pre>
 *
 * Its density is known of its own samples only: it is no likelihood and no prior.
 *
 * @param mean D columns
 * @param logDiagonal D columns
 * @param lower D (D - 1) / 2 columns, see {@link TriangularProduct}
 */
public record FullGaussian(Value mean, Value logDiagonal, Value lower) implements Posterior {
    /** @throws IllegalArgumentException if the columns do not fit */
    public FullGaussian {
        long d = mean.columns();
        if (d < 2 || logDiagonal.columns() != d || lower.columns() != d * (d - 1) / 2) {
            throw new IllegalArgumentException(
                    "a FullGaussian of D dimensions, at least 2, needs D, D and D (D - 1) / 2"
                            + " columns, not " + d + " in '" + mean.name() + "', " + logDiagonal.columns() + " in '"
                            + logDiagonal.name() + "' and " + lower.columns() + " in '" + lower.name() + "'");
        }
    }

    @Override
    public long columns() {
        return mean.columns();
    }

    @Override
    public List<Value> parameters() {
        return List.of(mean, logDiagonal, lower);
    }

    @Override
    public FullGaussian with(UnaryOperator<Value> each) {
        return new FullGaussian(each.apply(mean), each.apply(logDiagonal), each.apply(lower));
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        throw new IllegalArgumentException("'" + plan.node().name() + "': a FullGaussian has a density of its own"
                + " samples only");
    }

    @Override
    public boolean isDrawable() {
        return false;
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        throw new IllegalArgumentException("'" + owner.name() + "': a FullGaussian is no prior");
    }

    @Override
    public Value mean() {
        return mean;
    }

    private static Value squares(Value x) {
        return RowSum.of(Activate.of(x, Activation.SQUARE));
    }

    private Value klToStandardNormal(Value scale) {
        Value all = Add.of(Add.of(squares(scale), squares(lower)), squares(mean));
        return Subtract.of(Scale.of(all, 0.5f, -0.5f * columns()), RowSum.of(logDiagonal));
    }

    /**
     * Under a {@link StandardNormal}, the usual prior, with the KL in closed form; under another one with a KL that is
     * estimated from the samples.
     */
    @Override
    public Latent latent(String name, @Nullable Distribution prior) {
        Distribution p = prior == null ? new StandardNormal(columns()) : prior;
        Graph graph = mean.graph();
        Value eps = NormalNoise.of(graph, "noise of " + name, mean.rows().union(Rows.of(Axis.SAMPLE)), columns());
        Value scale = Activate.of(logDiagonal, Activation.EXP);
        Value z = Add.of(Add.of(mean, Multiply.of(scale, eps)), TriangularProduct.of(lower, eps));
        Value logQ = Subtract.of(Scale.of(squares(eps), -0.5f, (float) (-0.5 * columns() * StrictMath.log(2
                * Math.PI))),
                RowSum.of(logDiagonal));
        return new ComposedLatent(name, this, p, z) {
            @Override
            protected void added(Graph owner) {
                Value ratio = Subtract.of(LogDensity.of("log p of " + name(), p, this), logQ);
                ValueTerm.of("KL of " + name(), Term.Role.KL, p instanceof StandardNormal ? klToStandardNormal(scale)
                        : Scale.of(ratio,
                                -1, 0));
                ValueTerm.of("log p / q of " + name(), Term.Role.LOG_RATIO, ratio);
            }
        };
    }
}
