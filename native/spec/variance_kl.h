// What the KL divergence between Gaussians takes from their variances, doubled:
//   variance_kl(x, r) = r^2 - x - 1,  r = exp(x / 2) the quotient of the standard deviations
// which is x^2 / 2 near 0, where the difference would cancel: there a polynomial of x times x^2, so that it is never
// negative.
//
// Accuracy against exp(x) - 1 - x, with r of spec/exp.h: max relative error 7.2e-6, swept; of results below 2^-126
// that of a denormal number. variance_kl(+-0, 1) = +0, variance_kl(-inf, 0) = +inf, variance_kl(200, +inf) = +inf; NaN
// in one of them gives NaN, and so does an infinite r with |x| < 3/8.
//
// Coefficients: minimax of (exp(x) - 1 - x) / x^2 on [-3/8, 3/8], relative error, rounded to float one by one.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float variance_kl_from(float x, float r, float near) {
  const float far = fma(r, r, sub(-1.0f, x));
  return mul(x, x) < 0x1.2p-3f ? near : far;
}

ELBO4J_SPEC float variance_kl_polynomial(float x) {
  float p = 0x1.115f9ep-7f;
  p = fma(p, x, 0x1.56ef58p-5f);
  p = fma(p, x, 0x1.55561ap-3f);
  p = fma(p, x, 0x1.ffff1ap-2f);
  return mul(mul(x, x), p);
}

// For an r that is finite where |x| < 3/8, as the exponential of x / 2 is: one operation less.
ELBO4J_SPEC float variance_kl_of_finite(float x, float r) { return variance_kl_from(x, r, variance_kl_polynomial(x)); }

// 0 r adds nothing, but passes on that r is not finite.
ELBO4J_SPEC float variance_kl(float x, float r) {
  return variance_kl_from(x, r, fma(0.0f, r, variance_kl_polynomial(x)));
}

}  // namespace elbo4j::spec
