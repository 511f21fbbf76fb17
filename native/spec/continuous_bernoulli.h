// The log-likelihood of x under a continuous Bernoulli variable with logit l (Loaiza-Ganem and Cunningham, The
// continuous Bernoulli: fixing a pervasive error in variational autoencoders, 2019), a density on [0, 1]:
//   x l - softplus(l) + log C(l), C(l) = l / tanh(l / 2), which is x l - log((exp(l) - 1) / l)
// From |l| = 1 on as (x l - max(l, 0)) - log((1 - exp(-|l|)) / |l|), in which the product is rounded once; nearer to 0,
// where these two cancel, as (x - 1/2) l - log(sinh(l / 2) / (l / 2)), the logarithm an even polynomial.
//
// Accuracy: max 2^-22 of |log p| + log(1 + |l|) for x in [0, 1] and every finite l, swept, but for a denormal rounding;
// of the derivative absolute 2^-22. An infinite l gives NaN.
//
// Coefficients: minimax of log(sinh(l / 2) / (l / 2)) / l^2 and of its derivative / l in l^2 on [0, 1], relative error,
// rounded to float one by one.
#pragma once
#include "derivatives.h"
#include "expm1.h"
#include "float_operations.h"
#include "log.h"
#include "softplus.h"

namespace elbo4j::spec {

// What the term and its derivative share: 1 - exp(-|l|).
ELBO4J_SPEC float continuous_bernoulli_shared(float l) { return minus_expm1(clamp_low(-absolute(l), expm1_lowest)); }

ELBO4J_SPEC float continuous_bernoulli_term(float x, float l, float rise) {
  const float square = mul(l, l);
  float p = -0x1.aa6ddep-24f;
  p = fma(p, square, 0x1.71b322p-18f);
  p = fma(p, square, -0x1.6c16a0p-12f);
  p = fma(p, square, 0x1.555556p-5f);
  const float near = fma(sub(x, 0.5f), l, -mul(square, p));
  const float far = sub(fma(x, l, -clamp_low(l, softplus_lowest)), log(div(rise, absolute(l))));
  return square < 1.0f ? near : far;
}

// With respect to l: x less the mean, which is 1 - (1 / l - 1 / (exp(l) - 1)) for l > 0.
ELBO4J_SPEC Derivatives<1> continuous_bernoulli_derivatives(float x, float l, float rise) {
  const float square = mul(l, l);
  float p = -0x1.a631b6p-21f;
  p = fma(p, square, 0x1.15312cp-15f);
  p = fma(p, square, -0x1.6c166cp-10f);
  p = fma(p, square, 0x1.555556p-4f);
  const float near = fma(-l, p, sub(x, 0.5f));
  const float distance = sub(div(1.0f, absolute(l)), div(sub(1.0f, rise), rise));
  const float far = l > 0.0f ? add(sub(x, 1.0f), distance) : sub(x, distance);
  return {{square < 1.0f ? near : far}};
}

}  // namespace elbo4j::spec
