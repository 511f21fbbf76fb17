// The log-likelihood of a count x under a Poisson variable with log-rate l: x l - exp(l) - log(x!)
// From x = 16 on as -(x (exp(u) - 1 - u) + log(x!) - x log x + x) with u = l - log x (the saddle-point form, Loader
// 2000), in which nothing cancels near the rate.
//
// Accuracy: max 2^-15 of |log p| + 1 for whole x in [0, 2^24] where exp(l) is finite, swept. Above its range -infinity;
// an infinite l gives -infinity or NaN. Of other x see log_factorial.h.
#pragma once
#include "derivatives.h"
#include "exp.h"
#include "float_operations.h"
#include "log_factorial.h"
#include "variance_kl.h"

namespace elbo4j::spec {

// What the term and its derivative share: the rate.
ELBO4J_SPEC float poisson_shared(float l) { return exp(l); }
ELBO4J_SPEC float poisson_term(float x, float l, float rate) {
  const LogPieces log_x = log_pieces(x);
  const float u = sub(sub(l, log_x.high), log_x.low);
  const float above = fma(x, variance_kl(u, exp(mul(0.5f, u))), log_factorial_rest(x, log_x.high));
  return x < 16.0f ? sub(fma(x, l, -rate), log_x.high) : -above;
}

// With respect to l.
ELBO4J_SPEC Derivatives<1> poisson_derivatives(float x, float, float rate) { return {{sub(x, rate)}}; }

}  // namespace elbo4j::spec
