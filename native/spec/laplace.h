// The log-likelihood of x under a Laplace variable with mean m and log-scale s:
//   -log 2 - s - |x - m| exp(-s)
//
// Accuracy: max 2^-22 of |x - m| exp(-s) + |s| + 1 where |s| <= 86.98 and the product is finite, swept; of the
// derivatives 2^-23 of exp(-s) and 2^-22 of |x - m| exp(-s) + 1. At x = m the derivative with respect to m is 0. A
// log-scale below -88.7 gives -infinity, or NaN at x = m.
#pragma once
#include "derivatives.h"
#include "exp.h"
#include "float_operations.h"

namespace elbo4j::spec {

constexpr float log_2 = 0x1.62e430p-1f;

// What the term and its derivatives share: 1 / scale.
ELBO4J_SPEC float laplace_shared(float, float s) { return exp(-s); }

ELBO4J_SPEC float laplace_term(float x, float m, float s, float inverse) {
  return -fma(absolute(sub(x, m)), inverse, add(s, log_2));
}

// With respect to m and s. 0 times what is equal is 0, and NaN of NaN.
ELBO4J_SPEC Derivatives<2> laplace_derivatives(float x, float m, float, float inverse) {
  const float d = sub(x, m);
  const float towards_x = d > 0.0f ? inverse : -inverse;
  return {{absolute(d) > 0.0f ? towards_x : mul(d, inverse), fma(absolute(d), inverse, -1.0f)}};
}

}  // namespace elbo4j::spec
