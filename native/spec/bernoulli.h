// The log-likelihood of x under a Bernoulli variable with logit l:
//   x log sigmoid(l) + (1 - x) log sigmoid(-l) = x l - max(l, 0) - log1p(exp(-|l|))
// The product less the maximum is rounded once and is exact for x = 0 and x = 1: sure ones are as accurate as sure
// zeros.
//
// Accuracy: max 3 ULP for x = 0 and x = 1 where |l| <= 86.98, swept; below exp's least result +0 stands for it. An
// infinite logit gives -infinity or NaN.
#pragma once
#include "derivatives.h"
#include "exp.h"
#include "float_operations.h"
#include "log1p.h"
#include "sigmoid.h"
#include "softplus.h"

namespace elbo4j::spec {

// What the term and its derivative share: exp(-|l|).
ELBO4J_SPEC float bernoulli_shared(float l) { return exp_nonpositive(-absolute(l)); }

ELBO4J_SPEC float bernoulli_term(float x, float l, float decay) {
  return sub(fma(x, l, -clamp_low(l, softplus_lowest)), log1p_unit(decay));
}

// With respect to l.
ELBO4J_SPEC Derivatives<1> bernoulli_derivatives(float x, float l, float decay) {
  return {{sub(x, sigmoid_from(l, decay))}};
}

}  // namespace elbo4j::spec
