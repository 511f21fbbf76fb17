// softplus(x) = log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)), which neither overflows nor cancels.
//
// Accuracy: max 1.87 ULP for x >= -86.98, exhaustive; below, the result is under 2^-125.4 and becomes +0 with exp's.
// softplus(+inf) = +inf, softplus(-inf) = +0, NaN stays NaN. Its derivative is sigmoid(x).
#pragma once
#include "exp.h"
#include "float_operations.h"
#include "log1p.h"
#include "sigmoid.h"

namespace elbo4j::spec {

ELBO4J_BOUND(softplus_lowest, 0.0f);

// decay = exp_nonpositive(-|x|), which sigmoid_from needs too.
ELBO4J_SPEC float softplus_from(float x, float decay) { return add(clamp_low(x, softplus_lowest), log1p_unit(decay)); }

ELBO4J_SPEC float softplus(float x) { return softplus_from(x, exp_nonpositive(-absolute(x))); }

ELBO4J_SPEC float softplus_gradient(float x, float dy) { return mul(dy, sigmoid(x)); }

}  // namespace elbo4j::spec
