// The log-likelihood of x under Student's t with mean m, log-scale s and nu degrees of freedom, the same for all:
//   c - s - (nu + 1) / 2 log(1 + r^2), r = |x - m| exp(-s) / sqrt(nu)
// c = log Gamma((nu + 1) / 2) - log Gamma(nu / 2) - log(nu pi) / 2. From r = 1 on the logarithm is 2 log r +
// log(1 + 1 / r^2), which does not overflow.
//
// Accuracy: max 2^-21 of |s| + |c| + (nu + 1) / 2 log(1 + r^2) where |s| <= 86.98 and r is finite, swept; of the
// derivatives 2^-21 of the largest that there is, (nu + 1) / (2 sqrt(nu)) exp(-s), and 2^-22 of nu + 1. A log-scale
// below -88.7 gives -infinity, or NaN at x = m.
#pragma once
#include "derivatives.h"
#include "exp.h"
#include "float_operations.h"
#include "log.h"
#include "log1p.h"
#include "reciprocal.h"

namespace elbo4j::spec {

// What the term and its derivatives share: 1 / scale.
ELBO4J_SPEC float student_t_shared(float, float s, float, float) { return exp(-s); }

ELBO4J_SPEC float student_t_distance(float x, float m, float nu, float inverse) {
  return div(mul(absolute(sub(x, m)), inverse), sqrt_positive(nu));
}

ELBO4J_SPEC float student_t_term(float x, float m, float s, float nu, float c, float inverse) {
  const float r = student_t_distance(x, m, nu, inverse);
  const float lesser = clamp_high(r, div(1.0f, r));
  const float logarithm = fma(2.0f, log(clamp_low(r, 1.0f)), log1p_unit(mul(lesser, lesser)));
  return sub(fma(fma(-0.5f, nu, -0.5f), logarithm, c), s);
}

// With respect to m and s.
ELBO4J_SPEC Derivatives<2> student_t_derivatives(float x, float m, float, float nu, float, float inverse) {
  const float r = student_t_distance(x, m, nu, inverse);
  const float lesser = clamp_high(r, div(1.0f, r));
  const float square = mul(lesser, lesser);
  const float share = reciprocal_1_2(add(1.0f, square));
  const float at_most_1 = clamp_high(r, 1.0f);
  const float power = add(nu, 1.0f);
  const float pull = mul(mul(div(power, sqrt_positive(nu)), inverse), mul(lesser, share));
  return {{copy_sign(pull, sub(x, m)), fma(power, mul(mul(at_most_1, at_most_1), share), -1.0f)}};
}

}  // namespace elbo4j::spec
