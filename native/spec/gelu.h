// GELU in its tanh form (Hendrycks and Gimpel, Gaussian Error Linear Units, 2016), not the one with erf:
//   gelu(x) = 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) = x sigmoid(v),  v = 2 sqrt(2/pi) (x + 0.044715 x^3)
//   gelu_slope(x) = sigmoid(v) + x sigmoid(v) (1 - sigmoid(v)) v'
//
// Accuracy against that formula in higher precision, exhaustive:
//   gelu           max 2.45 ULP for x >= 0, 3.43 on [-1, 0), 14.2 on [-3, -1), 55 on [-6, -3); below, the rounding of v
//                  grows in exp while gelu itself vanishes (|gelu| < 1e-10). Max absolute error for x < 0: 5.5e-8.
//   gelu_slope     max 3.37 ULP for x >= 0; it has a zero at -0.7524, so for x < 0 a max absolute error: 8.6e-8 (2.7e-7
//                  over all x).
// gelu(+-0) = +-0, gelu(+inf) = +inf, gelu(-inf) = -0 (as for every x < -9.986, where sigmoid is +0);
// gelu_slope(+-0) = 0.5, gelu_slope(+inf) = 1, gelu_slope(-inf) = +0. NaN stays NaN.
#pragma once
#include "exp.h"
#include "float_operations.h"
#include "reciprocal.h"
#include "sigmoid.h"

namespace elbo4j::spec {

constexpr float gelu_linear = 0x1.988454p0f;        // 2 sqrt(2/pi)
constexpr float gelu_cubic = 0x1.2444f2p-4f;        // 2 sqrt(2/pi) 0.044715
constexpr float gelu_cubic_slope = 0x1.b6676cp-3f;  // three times that
// Beyond +-16 sigmoid(v) is 1 or +0; stopping there keeps inf * 0 away.
constexpr float gelu_saturation = 16.0f;

ELBO4J_SPEC float gelu(float x) {
  float bounded = clamp_low(x, -gelu_saturation);
  float v = mul(bounded, fma(gelu_cubic, mul(bounded, bounded), gelu_linear));
  return mul(bounded, sigmoid(v));
}

ELBO4J_SPEC float gelu_slope(float x) {
  float bounded = clamp_high(clamp_low(x, -gelu_saturation), gelu_saturation);
  float square = mul(bounded, bounded);
  float v = mul(bounded, fma(gelu_cubic, square, gelu_linear));
  float v_gradient = fma(gelu_cubic_slope, square, gelu_linear);
  float decay = exp_nonpositive(-absolute(v));
  float reciprocal = reciprocal_1_2(add(1.0f, decay));
  float numerator = v >= 0.0f ? 1.0f : decay;
  // sigmoid(v) (1 - sigmoid(v)) = decay * reciprocal^2, without the cancellation
  float x_slope = mul(mul(bounded, v_gradient), mul(decay, reciprocal));
  return mul(add(numerator, x_slope), reciprocal);
}

ELBO4J_SPEC float gelu_gradient(float x, float dy) { return mul(dy, gelu_slope(x)); }

}  // namespace elbo4j::spec
