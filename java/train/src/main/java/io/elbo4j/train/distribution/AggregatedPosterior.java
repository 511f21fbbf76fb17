package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.operation.Transpose;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.RowSum;
import java.util.List;

/**
 * Each sample of a latent variable under the mean of the posteriors of the batch's B rows (Chen et al. 2018, section
 * 4): two columns,
 *
 * <pre>
 *   log 1/B sum_j q(z | x_j)    and    sum_d log 1/B sum_j q(z_d | x_j)
 * </pre>
 *
 * All pairs of a sample and a posterior are there for each dimension: D B floats for each sample, several times.
 */
final class AggregatedPosterior extends Value {
    private static final float LOG_2_PI = (float) StrictMath.log(2 * Math.PI);
    private static final io.elbo4j.train.graph.Rows SAMPLES = io.elbo4j.train.graph.Rows.of(Axis.BATCH, Axis.SAMPLE);

    private final Latent z;
    private final DiagonalGaussian q;

    private AggregatedPosterior(String name, Latent z, DiagonalGaussian q) {
        super(name, 2, z.rows(), List.of(z, q.mean(), q.logVariance()), List.of());
        this.z = z;
        this.q = q;
    }

    /** @throws IllegalArgumentException unless the posterior is a diagonal Gaussian of each row of the batch */
    static Value of(Latent z) {
        if (!(z.posterior() instanceof DiagonalGaussian q) || !z.rows().within(SAMPLES)
                || !q.mean().rows().equals(io.elbo4j.train.graph.Rows.BATCH)
                || !q.logVariance().rows().equals(io.elbo4j.train.graph.Rows.BATCH)) {
            throw new IllegalArgumentException("the aggregated posterior of '" + z.name() + "' needs a DiagonalGaussian"
                    + " with a mean and a log-variance for each row of BATCH, not a " + z.posterior().getClass()
                            .getSimpleName()
                    + " with rows of " + z.posterior().rows());
        }
        return z.graph().add(new AggregatedPosterior("aggregated posterior of " + z.name(), z, q));
    }

    /** Rows are samples, columns dimensions, and of each dimension the rows of the batch. */
    private Matrix pairs(Plan plan, String role) {
        return plan.buffer(this, role, plan.rows(z), z.columns() * plan.batch());
    }

    /** The same, a row for each sample and dimension. */
    private Matrix ofDimensions(Plan plan, Matrix pairs) {
        return pairs.reshape(plan.rows(z) * z.columns(), plan.batch());
    }

    private Matrix ofBatch(Plan plan, String role) {
        return plan.buffer(this, role, 1, z.columns() * plan.batch());
    }

    private Matrix transposed(Plan plan, Value parameter, String role) {
        Matrix row = ofBatch(plan, role);
        plan.launch(Transpose.of(plan.value(parameter), row.reshape(z.columns(), plan.batch())));
        return row;
    }

    private Matrix joint(Plan plan) {
        return plan.buffer(this, "log q of all pairs", plan.rows(z), plan.batch());
    }

    private Matrix column(Plan plan, String role) {
        return plan.buffer(this, role, plan.rows(z), 1);
    }

    @Override
    protected void forward(Plan plan) {
        long samples = plan.rows(z);
        Matrix mean = transposed(plan, q.mean(), "means by dimension");
        Matrix logVariance = transposed(plan, q.logVariance(), "log-variances by dimension");
        Matrix precision = ofBatch(plan, "inverse deviations");
        plan.launch(Arithmetic.scale(-0.5f, logVariance, precision));
        plan.launch(Elementwise.activation(Activation.EXP, precision, precision));
        plan.launch(Arithmetic.scaleAndShift(-0.5f, -0.5f * LOG_2_PI, logVariance, logVariance));

        Matrix standardised = pairs(plan, "standardised pairs");
        Matrix density = pairs(plan, "log q of each dimension");
        plan.launch(RowSum.spread(plan, this, plan.value(z).reshape(samples * z.columns(), 1), ofDimensions(plan,
                density)));
        plan.launch(Arithmetic.subtract(density, mean.repeatRow(samples), density));
        plan.launch(Arithmetic.multiply(density, precision.repeatRow(samples), standardised));
        plan.launch(Arithmetic.multiply(standardised, standardised, density));
        plan.launch(Arithmetic.scale(-0.5f, density, density));
        plan.launch(Arithmetic.add(density, logVariance.repeatRow(samples), density));

        Matrix joint = joint(plan);
        Matrix ofJoint = column(plan, "log q");
        plan.launch(Rows.sumRepeated(ofDimensions(plan, density), 1, joint));
        plan.launch(LogMeanExp.forward(joint, ofJoint));
        plan.launch(Rows.copy(ofJoint, plan.value(this).columns(0, 1)));

        Matrix marginals = plan.buffer(this, "log q of each dimension's mixture", samples, z.columns());
        Matrix ofMarginals = column(plan, "sum of log q of the dimensions");
        plan.launch(LogMeanExp.forward(ofDimensions(plan, density), marginals.reshape(samples * z.columns(), 1)));
        plan.launch(Sums.rows(marginals, ofMarginals));
        plan.launch(Rows.copy(ofMarginals, plan.value(this).columns(1, 2)));
    }

    /** With s = (z - mean) / deviation: d log q / dz = -s / deviation, d log q / dlogVariance = (s^2 - 1) / 2. */
    @Override
    protected void backward(Plan plan) {
        long samples = plan.rows(z);
        Matrix weight = ofDensity(plan);
        Matrix standardised = pairs(plan, "standardised pairs");
        Matrix product = pairs(plan, "gradient times standardised pairs");
        plan.launch(Arithmetic.multiply(weight, standardised, product));
        if (plan.wants(q.logVariance())) {
            Matrix ofVariance = pairs(plan, "gradient of the log-variances of pairs");
            plan.launch(Arithmetic.multiply(product, standardised, ofVariance));
            plan.launch(Arithmetic.subtract(ofVariance, weight, ofVariance));
            sumOverSamples(plan, ofVariance, 0.5f, q.logVariance());
        }
        plan.launch(Arithmetic.multiply(product, ofBatch(plan, "inverse deviations").repeatRow(samples), product));
        if (plan.wants(q.mean())) {
            sumOverSamples(plan, product, 1, q.mean());
        }
        if (plan.wants(z)) {
            Matrix sum = plan.buffer(this, "gradient of the samples", samples, z.columns());
            plan.launch(Sums.rows(ofDimensions(plan, product), sum.reshape(samples * z.columns(), 1)));
            plan.launch(Arithmetic.scale(-1, sum, plan.gradientOf(z)));
        }
    }

    /** d loss / d log q of each pair and dimension. */
    private Matrix ofDensity(Plan plan) {
        long samples = plan.rows(z);
        Matrix gradient = plan.gradient(this);
        Matrix dJoint = column(plan, "gradient of log q");
        Matrix dMarginals = column(plan, "gradient of the sum of log q of the dimensions");
        plan.launch(Rows.copy(gradient.columns(0, 1), dJoint));
        plan.launch(Rows.copy(gradient.columns(1, 2), dMarginals));

        Matrix joint = joint(plan);
        Matrix dPairs = plan.buffer(this, "gradient of log q of all pairs", samples, plan.batch());
        Matrix weight = pairs(plan, "gradient of log q of each dimension");
        plan.launch(LogMeanExp.backward(joint, dJoint, dPairs));
        plan.launch(Rows.repeat(dPairs, 1, ofDimensions(plan, weight)));

        Matrix spread = plan.buffer(this, "gradient of each dimension's mixture", samples, z.columns());
        Matrix ofMarginals = pairs(plan, "gradient by way of each dimension's mixture");
        plan.launch(RowSum.spread(plan, List.of(this, "dimensions"), dMarginals, spread));
        plan.launch(LogMeanExp.backward(ofDimensions(plan, pairs(plan, "log q of each dimension")), spread.reshape(
                samples * z.columns(), 1), ofDimensions(plan, ofMarginals)));
        plan.launch(Rows.add(ofMarginals, weight));
        return weight;
    }

    private void sumOverSamples(Plan plan, Matrix pairs, float factor, Value parameter) {
        Matrix sum = ofBatch(plan, "sum over the samples");
        plan.launch(Sums.columns(pairs, sum));
        plan.launch(Arithmetic.scale(factor, sum, sum));
        plan.launch(Transpose.of(sum.reshape(z.columns(), plan.batch()), plan.gradientOf(parameter)));
    }
}
