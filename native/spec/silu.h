// SiLU, also called swish (Elfwing et al., Sigmoid-Weighted Linear Units, 2017):
//   silu(x) = x sigmoid(x);  silu_slope(x) = sigmoid(x) + x sigmoid(x) (1 - sigmoid(x))
//
// Accuracy:
//   silu        max 3.57 ULP for x >= -86.98, exhaustive; below, the result is under 2^-118 in magnitude and
//               becomes -0 with exp's.
//   silu_slope  max 3.11 ULP for x >= 0; it has a zero at -1.2785, so for x < 0 a max absolute error: 8.0e-8
// silu(+-0) = +-0, silu(+inf) = +inf, silu(-inf) = -0; silu_slope(+-0) = 0.5, silu_slope(+inf) = 1, silu_slope(-inf) =
// +0. NaN stays NaN.
#pragma once
#include "exp.h"
#include "float_operations.h"
#include "reciprocal.h"
#include "sigmoid.h"

namespace elbo4j::spec {

// Beyond +-88 sigmoid(x) is 1 or +0; stopping there keeps inf * 0 away.
constexpr float silu_saturation = 88.0f;

ELBO4J_SPEC float silu(float x) {
  float bounded = clamp_low(x, -silu_saturation);
  return mul(bounded, sigmoid(bounded));
}

ELBO4J_SPEC float silu_slope(float x) {
  float bounded = clamp_high(clamp_low(x, -silu_saturation), silu_saturation);
  float decay = exp_nonpositive(-absolute(bounded));
  float reciprocal = reciprocal_1_2(add(1.0f, decay));
  float numerator = bounded >= 0.0f ? 1.0f : decay;
  // sigmoid(x) (1 - sigmoid(x)) = decay * reciprocal^2, without the cancellation
  return mul(fma(bounded, mul(decay, reciprocal), numerator), reciprocal);
}

ELBO4J_SPEC float silu_gradient(float x, float dy) { return mul(dy, silu_slope(x)); }

}  // namespace elbo4j::spec
