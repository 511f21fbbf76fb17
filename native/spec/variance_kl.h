// What the KL divergence between Gaussians takes from their variances, doubled:
//   variance_kl(x, ratio) = ratio - x - 1,  ratio = exp(x) the quotient of the variances, x the logarithm of it
// which is x^2 / 2 near 0, where the difference would cancel: there a polynomial of x times x^2, so that it is never
// negative.
//
// Accuracy against exp(x) - 1 - x, with ratio = exp(x / 2) exp(x / 2) of spec/exp.h: max relative error 9.4e-7 for
// |x| < 1/2, 2.2e-6 elsewhere, exhaustive; of results below 2^-126 that of a denormal number. variance_kl(+-0, 1) = +0,
// variance_kl(-inf, 0) = +inf, variance_kl(88.8, +inf) = +inf; NaN in one of them gives NaN, and so does an infinite
// ratio with |x| < 1/2.
//
// Coefficients: minimax of (exp(x) - 1 - x) / x^2 on [-1/2, 1/2], relative error, rounded to float.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float variance_kl(float x, float ratio) {
  float p = 0x1.6cd0d6p-10f;
  p = fma(p, x, 0x1.13183p-7f);
  p = fma(p, x, 0x1.5556d6p-5f);
  p = fma(p, x, 0x1.555354p-3f);
  p = fma(p, x, 0x1.fffffep-2f);
  // adds nothing, but passes on that the ratio is not finite
  const float near = fma(0.0f, ratio, mul(mul(x, x), p));
  const float far = sub(sub(ratio, x), 1.0f);
  return absolute(x) < 0.5f ? near : far;
}

}  // namespace elbo4j::spec
