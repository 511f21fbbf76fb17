package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Draws;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Scale;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Categorical} whose C classes are all there instead of being drawn: sample k of z is class k, so a step has C
 * samples. {@link io.elbo4j.train.objective.Enumeration} is its exact ELBO. Under
 * {@link io.elbo4j.train.objective.ImportanceWeighted}, where the log ratio is log p(k) + log C, the bound is log p(x),
 * exactly, whatever q is.
 */
public record Enumerated(Categorical q) implements Posterior {
    @Override
    public long columns() {
        return q.columns();
    }

    @Override
    public Support support() {
        return q.support();
    }

    @Override
    public Draws draws() {
        return q.draws();
    }

    @Override
    public List<Value> parameters() {
        return q.parameters();
    }

    @Override
    public Enumerated with(UnaryOperator<Value> each) {
        return new Enumerated(q.with(each));
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        q.logDensity(plan, x, result, weight);
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        q.sample(plan, owner, noise, target);
    }

    @Override
    public Value mean() {
        return q.mean();
    }

    /**
     * For objectives in which the samples of a row count equally: refuses terms of the samples that depend on a latent
     * variable that is enumerated, unless the weights of its classes are among them.
     *
     * @throws IllegalArgumentException naming it
     */
    public static void requireNone(List<Term> terms) {
        if (terms.stream().anyMatch(term -> term.role() == Term.Role.LOG_WEIGHT)) {
            return;
        }
        Set<Node> reached = new LinkedHashSet<>();
        Deque<Node> ahead = new ArrayDeque<>(terms.stream().map(Term::owner).toList());
        while (!ahead.isEmpty()) {
            Node node = ahead.remove();
            if (node instanceof OfClasses) {
                throw new IllegalArgumentException(unequal(node));
            }
            if (reached.add(node)) {
                ahead.addAll(node.inputs());
            }
        }
    }

    private static String unequal(Node latent) {
        return "'" + latent.name() + "' is enumerated, its classes do not count equally: take Enumeration or"
                + " ImportanceWeighted";
    }

    /** The identity, for each row of the batch. */
    private static final class Classes extends Value {
        private final String latent;

        Classes(String latent, long columns) {
            super("classes of " + latent, columns, io.elbo4j.train.graph.Rows.of(Axis.BATCH, Axis.SAMPLE), List.of(),
                    List.of());
            this.latent = latent;
        }

        @Override
        protected void forward(Plan plan) {
            long n = columns();
            if (plan.samples() != n) {
                throw new IllegalArgumentException("'" + latent + "' enumerates " + n + " classes: a step with it must"
                        + " have as many samples, not " + plan.samples());
            }
            Matrix identity = plan.buffer(this, "identity", 1, n * n);
            Matrix diagonal = Matrix.view(identity.storage(), identity.offset(), n, 1, n + 1);
            plan.launch(Rows.fill(0, identity));
            plan.launch(Rows.fill(1, diagonal));
            plan.launch(Rows.copy(identity.repeatRow(plan.batch()), plan.value(this).reshape(plan.batch(), n * n)));
        }
    }

    private static final class OfClasses extends ComposedLatent {
        private final Value kl;

        OfClasses(String name, Enumerated q, Distribution prior, Value classes, Value kl) {
            super(name, q, prior, classes);
            this.kl = kl;
        }

        @Override
        protected void added(Graph graph) {
            Value logQ = LogDensity.of("log q of " + name(), posterior(), this);
            Term weight = ValueTerm.of("weights of " + name(), Term.Role.LOG_WEIGHT, logQ).term();
            // of C samples of a uniform proposal, each class is one
            ValueTerm.of("log p / q of " + name(), Term.Role.LOG_RATIO, Scale.of(LogDensity.of("log p of " + name(),
                    prior(), this), 1, (float) StrictMath.log(columns())));
            graph.add(new ClosedKl("KL of " + name(), kl) {
                @Override
                protected void forward(Plan plan) {
                    if (plan.term(term()).isPresent() && plan.term(weight).isEmpty()) {
                        throw new IllegalArgumentException(unequal(OfClasses.this));
                    }
                    super.forward(plan);
                }
            });
        }
    }

    /**
     * Under a {@link Categorical}, usually each class with the same probability.
     *
     * @throws IllegalArgumentException under another prior, if q depends on another latent variable, or if the graph
     *     enumerates one already
     */
    @Override
    public Latent latent(String name, @Nullable Distribution prior) {
        Graph graph = q.logits().graph();
        Distribution p = prior == null ? q.uniform() : prior;
        if (!(p instanceof Categorical of)) {
            throw new IllegalArgumentException("latent '" + name + "' is enumerated: its prior must be a Categorical,"
                    + " not a " + p.getClass().getSimpleName());
        }
        if (q.logits().rows().has(Axis.SAMPLE) || !graph.all(Classes.class).isEmpty()) {
            throw new IllegalArgumentException("latent '" + name + "' cannot be enumerated: one of a graph can be, and"
                    + " it must not depend on another latent variable");
        }
        return new OfClasses(name, this, p, graph.add(new Classes(name, columns())), q.kl(of));
    }
}
