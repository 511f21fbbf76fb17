package io.elbo4j.train.posterior;

import io.elbo4j.train.graph.Value;

/** A density that distributions can be fitted to, and that is small far from 0. */
public interface Target extends Density {
    /** The square from -reach to reach in each dimension has all of the mass but a millionth. */
    double reach();

    /** log p(z) in a graph: one column, with the same constant as in double precision. */
    Value logDensity(Value z);
}
