package io.elbo4j.control.planning;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Value;
import java.util.function.UnaryOperator;

/**
 * An iteration of a search as a part of a graph.
 *
 * @param horizon steps of a plan
 * @param columns numbers of an action
 * @param mean input: of each row of the batch a plan
 * @param deviation input
 * @param plans that are drawn
 * @param returns of the plans
 * @param next what the search makes of them
 */
public record Iteration(Search search, int horizon, int columns, Value mean, Value deviation, Value plans,
        Value returns, Search.Next next) {
    static final String RETURNS = "returns of the plans";

    /**
     * Adds one to a graph, once.
     *
     * @param model from plans, rows of {@link Search#PLANS} with horizon x columns numbers, to their returns, one
     *     column
     */
    public static Iteration of(Graph graph, Search search, int horizon, int columns, UnaryOperator<Value> model) {
        requireGiven("graph", graph);
        requireGiven("search", search);
        require(horizon >= 1, "horizon", "at least 1", horizon);
        require(columns >= 1, "columns", "at least 1", columns);
        Value mean = graph.input("mean of the plans", (long) horizon * columns);
        Value deviation = graph.input("deviation of the plans", (long) horizon * columns);
        Value plans = search.plans(mean, deviation);
        Value returns = model.apply(plans);
        require(returns.columns() == 1 && returns.rows().equals(Search.PLANS), "model", "one column with rows of "
                + Search.PLANS, returns.columns() + " with rows of " + returns.rows());
        return new Iteration(search, horizon, columns, mean, deviation, plans, returns, search.next(mean, deviation,
                plans, returns));
    }

    /** One whose returns are computed elsewhere. */
    static Iteration outside(Graph graph, Search search, int horizon, int columns) {
        return of(graph, search, horizon, columns, plans -> graph.input(RETURNS, 1, Search.PLANS));
    }
}
