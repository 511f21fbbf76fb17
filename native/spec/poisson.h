// The log-likelihood of a count x under a Poisson variable with log-rate l:
//   x l - exp(l) - log(x!)
// The first two are rounded once together, so that for x near the rate, where they cancel against the third, no more is
// lost than their rounding.
//
// Accuracy: max 2^-22 of |x l| + exp(l) + log(x!) for whole x in [0, 2^24] where exp is finite, swept. Above its range
// -infinity; an infinite l gives -infinity or NaN. Of other x see log_factorial.h.
#pragma once
#include "exp.h"
#include "float_operations.h"
#include "log_factorial.h"

namespace elbo4j::spec {

// What the term and its derivative share: the rate.
ELBO4J_SPEC float poisson_shared(float l) { return exp(l); }

ELBO4J_SPEC float poisson_term(float x, float l, float rate) { return sub(fma(x, l, -rate), log_factorial(x)); }

// With respect to l.
ELBO4J_SPEC float poisson_derivative(float x, float, float rate) { return sub(x, rate); }

}  // namespace elbo4j::spec
