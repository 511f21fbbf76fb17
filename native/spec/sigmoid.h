// sigmoid(x) = 1 / (1 + exp(-x)), as 1 / (1 + e) for x >= 0 and e / (1 + e) below, with e = exp(-|x|).
//
// Accuracy: max 2.85 ULP for x >= -86.98, exhaustive; below, the result is under 2^-125.4 and becomes +0 with exp's.
// sigmoid(+-0) = 0.5, sigmoid(+inf) = 1, sigmoid(-inf) = +0, NaN stays NaN.
#pragma once
#include "exp.h"
#include "float_operations.h"
#include "reciprocal.h"

namespace elbo4j::spec {

// decay = exp_nonpositive(-|x|), which softplus_from needs too.
ELBO4J_SPEC float sigmoid_from(float x, float decay) {
  float numerator = x >= 0.0f ? 1.0f : decay;
  return mul(numerator, reciprocal_1_2(add(1.0f, decay)));
}

ELBO4J_SPEC float sigmoid(float x) { return sigmoid_from(x, exp_nonpositive(-absolute(x))); }

// sigmoid(x) (1 - sigmoid(x)) = e r^2 with e = exp(-|x|), r = 1 / (1 + e), without the cancellation; from -|x|.
ELBO4J_SPEC float sigmoid_slope(float minus_size) {
  float decay = exp_nonpositive(minus_size);
  float reciprocal = reciprocal_1_2(add(1.0f, decay));
  return mul(mul(decay, reciprocal), reciprocal);
}

ELBO4J_SPEC float sigmoid_gradient(float x, float dy) { return mul(dy, sigmoid_slope(-absolute(x))); }

}  // namespace elbo4j::spec
