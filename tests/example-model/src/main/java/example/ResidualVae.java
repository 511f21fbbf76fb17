package example;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.GaussianLogLikelihood;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Setting;
import io.elbo4j.train.schedule.Schedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A VAE of residual layers with an isotropic Gaussian likelihood, trained on a tempered ELBO: all of it in here. */
public final class ResidualVae implements Model {
    public record Settings(long columns, @Setting("residual layers of encoder and decoder") int blocks,
            @Setting("latent dimensions") int latent,
            @Setting("standard deviation of x given z") double deviation,
            @Setting("what the log-likelihood is divided by in training") double temper) {
        public Settings {
            require(blocks >= 0 && blocks <= 100, "blocks", "from 0 to 100", blocks);
            require(latent >= 1, "latent", "at least 1", latent);
            require(deviation > 1e-9 && deviation < 1e9, "deviation", "from 1e-9 to 1e9", deviation);
            require(temper > 1e-9 && temper < 1e9, "temper", "from 1e-9 to 1e9", temper);
        }
    }

    public static final class Kind implements ModelKind<Settings> {
        @Override
        public String name() {
            return "residual-vae";
        }

        @Override
        public String description() {
            return "an example of a user's: residual layers, isotropic Gaussian likelihood, tempered ELBO";
        }

        @Override
        public Class<Settings> settings() {
            return Settings.class;
        }

        @Override
        public Settings defaults(DataShape data) {
            return new Settings(data.columns(Images.X), 2, 4, 0.5, 1);
        }

        @Override
        public Model create(Settings settings) {
            return new ResidualVae(settings);
        }
    }

    private final Graph graph = new Graph();
    private final Settings settings;
    private final Map<String, Value> outputs = new LinkedHashMap<>();

    public ResidualVae(Settings settings) {
        this.settings = settings;
        Value x = graph.input(Images.X, settings.columns());
        Value h = x;
        for (int i = 0; i < settings.blocks(); i++) {
            h = graph.add(new Residual("encoder." + i, h));
        }
        DiagonalGaussian q = DiagonalGaussian.of("posterior", h, settings.latent());
        Value z = graph.latent(Z, q);
        Value d = Dense.of("widen", z, settings.columns(), Activation.IDENTITY);
        for (int i = 0; i < settings.blocks(); i++) {
            d = graph.add(new Residual("decoder." + i, d));
        }
        graph.observe("reconstruction", new Isotropic(d, settings.deviation()), x);
        KlPerDimension.of((Latent) z);
        outputs.put(POSTERIOR_MEAN, q.mean());
        outputs.put(POSTERIOR_LOG_VARIANCE, q.logVariance());
        outputs.put(Z, z);
        outputs.put(MEAN, d);
    }

    @Override
    public Settings settings() {
        return settings;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Map<String, Value> outputs() {
        return outputs;
    }

    @Override
    public Objective objective(Schedule klWeight, double freeBits) {
        return new Tempered(settings.temper(), klWeight);
    }

    /** y = x + tanh(x W + b). Backward: dPre = (1 - tanh^2) dy, dx = dy + dPre W^T, dW = x^T dPre, db its sums. */
    static final class Residual extends Value {
        private final Value x;

        Residual(String name, Value x) {
            super(name, x.columns(), x.rows(), List.of(x), List.of(
                    Parameter.uniform(name + ".weight", x.columns(), x.columns(), x.columns()),
                    Parameter.uniform(name + ".bias", 1, x.columns(), x.columns())));
            this.x = x;
        }

        private Matrix buffer(Plan plan, String role) {
            return plan.buffer(this, role, plan.rows(this), columns());
        }

        @Override
        protected void forward(Plan plan) {
            Matrix pre = buffer(plan, "pre-activation");
            plan.launch(Matmul.forward(plan.value(x), plan.parameter(parameters().get(0)),
                    plan.parameter(parameters().get(1)), false, pre));
            plan.launch(Elementwise.activation(Activation.TANH, pre, plan.value(this)));
            plan.launch(Rows.add(plan.value(x), plan.value(this)));
        }

        @Override
        protected void backward(Plan plan) {
            Matrix dy = plan.gradient(this);
            Matrix dPre = buffer(plan, "gradient of the pre-activation");
            plan.launch(Elementwise.activationGradient(Activation.TANH, buffer(plan, "pre-activation"), dy, dPre));
            if (plan.wants(x)) {
                Matrix through = plan.gradientOf(x);
                plan.launch(Matmul.inputGradient(dPre, plan.parameter(parameters().get(0)), null, through));
                Matrix past = plan.gradientOf(x);
                plan.launch(Rows.copy(dy, past));
            }
            plan.parameterGradient(parameters().get(0), w -> Matmul.weightGradient(plan.value(x), dPre, w));
            plan.parameterGradient(parameters().get(1), b -> Sums.columns(dPre, b));
        }
    }

    /** x ~ N(mean, deviation^2 I). */
    record Isotropic(Value mean, double deviation) implements Distribution {
        @Override
        public long columns() {
            return mean.columns();
        }

        @Override
        public List<Value> parameters() {
            return List.of(mean);
        }

        @Override
        public Isotropic with(UnaryOperator<Value> each) {
            return new Isotropic(each.apply(mean), deviation);
        }

        private Matrix logVariance(Plan plan) {
            return plan.constant(this, "log-variance", 1, columns(), (float) (2 * Math.log(deviation)))
                    .repeatRow(plan.rows(mean));
        }

        @Override
        public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
            Matrix m = plan.value(mean);
            if (weight.isPresent() && plan.wants(mean)) {
                plan.launch(GaussianLogLikelihood.fused(m, logVariance(plan), plan.value(x), weight.get(), result,
                        plan.gradientOf(mean), null));
            } else {
                plan.launch(GaussianLogLikelihood.forward(m, logVariance(plan), plan.value(x), result));
            }
        }

        @Override
        public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
            Matrix m = plan.value(mean);
            plan.launch(GaussianSampleKl.forward(m, logVariance(plan), noise, target,
                    plan.buffer(owner, "KL that nobody takes", m.rows(), 1)));
        }
    }

    /** klWeight KL - log p(x | z) / temper, a mean over the rows. */
    record Tempered(double temper, Schedule klWeight) implements Objective {
        @Override
        public boolean takes(Term term) {
            return term.role() == Term.Role.LOG_LIKELIHOOD || term.role() == Term.Role.KL;
        }

        @Override
        public Optional<Matrix> weight(Term term, Plan plan) {
            Schedule of = term.role() == Term.Role.KL ? klWeight : Schedule.constant(-1 / temper);
            return Optional.of(plan.meanWeight(of, term.rows()));
        }
    }
}
