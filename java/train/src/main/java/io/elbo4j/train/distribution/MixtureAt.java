package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Draws;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A mixture whose log-density has a gradient with respect to x: each component writes one of its own.
 *
 * @param each x for each component
 */
record MixtureAt(Mixture mixture, Value each) implements Distribution {
    @Override
    public long columns() {
        return mixture.columns();
    }

    @Override
    public Support support() {
        return mixture.support();
    }

    @Override
    public Draws draws() {
        return mixture.draws();
    }

    @Override
    public List<Value> parameters() {
        return Stream.concat(mixture.parameters().stream(), Stream.of(each)).toList();
    }

    @Override
    public Rows rows() {
        return mixture.rows();
    }

    @Override
    public Distribution with(UnaryOperator<Value> other) {
        return new MixtureAt(mixture.with(other), each);
    }

    @Override
    public Distribution stopped(UnaryOperator<Value> stop) {
        return new MixtureAt(mixture.stopped(stop), each);
    }

    @Override
    public boolean differentiatesX() {
        return true;
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        mixture.logDensity(plan, each, result, weight);
    }

    @Override
    public boolean isDrawable() {
        return mixture.isDrawable();
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        mixture.sample(plan, owner, noise, target);
    }

    @Override
    public Value mean() {
        return mixture.mean();
    }
}
