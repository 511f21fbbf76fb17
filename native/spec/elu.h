// ELU with alpha = 1 (Clevert et al., Fast and Accurate Deep Network Learning by Exponential Linear Units, 2015):
//   elu(x) = max(x, 0) + expm1(min(x, 0));  elu_slope(x) = exp(min(x, 0))
//
// Accuracy: elu is exact for x >= 0, max 0.946 ULP below, exhaustive; elu_slope as exp on x <= 0. elu(+-0) = +0,
// elu(+inf) = +inf, elu(x) = -1 below -18; elu_slope(-inf) = +0, 1 from 0 on. NaN stays NaN.
#pragma once
#include "exp.h"
#include "expm1.h"
#include "float_operations.h"
#include "relu.h"

namespace elbo4j::spec {

ELBO4J_SPEC float elu(float x) {
  float negative = clamp_low(clamp_high(x, 0.0f), expm1_lowest);
  return sub(relu(x), minus_expm1(negative));
}

ELBO4J_SPEC float elu_slope(float x) { return exp_nonpositive(clamp_high(x, 0.0f)); }

ELBO4J_SPEC float elu_gradient(float x, float dy) { return mul(dy, elu_slope(x)); }

}  // namespace elbo4j::spec
