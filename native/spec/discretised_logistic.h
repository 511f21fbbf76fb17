// The log-probability of a level x, a whole number in [0, top], which is a logistic variable with mean m and log-scale
// s rounded to the nearest level; what lies beyond the ends is theirs (Salimans et al., PixelCNN++, 2017, equation 2).
// With i = exp(-s), a = |x - m|, t = (a - 1/2) i:
//   log(sigmoid((x - m + 1/2) i) - sigmoid((x - m - 1/2) i))
//     = log(1 - exp(-i)) - softplus(t) - softplus(-(a + 1/2) i)
// which cancels nowhere. At the ends it is -softplus(t), a being m - x at 0 and x - m at top. The three logarithms are
// one of a quotient.
//
// Accuracy: max 2^-22 of |log p| + (a + 1/2) i + 1 where that is finite and |s| <= 80, against 150 digits; of the
// derivatives 2^-22 of i, and 2^-21 of (a + 1/2) i + 1.
#pragma once
#include "derivatives.h"
#include "exp.h"
#include "expm1.h"
#include "float_operations.h"
#include "log.h"
#include "sigmoid.h"

namespace elbo4j::spec {

// What the term and its derivatives share: 1 / scale.
ELBO4J_SPEC float discretised_logistic_shared(float s) { return exp(-s); }

struct DiscretisedLogistic {
  bool end, downwards;         // x is 0 or top; a falls as x rises
  float t, decay;              // exp(-|t|)
  float beyond, beyond_decay;  // (a + 1/2) i, exp(-|that|)
  float within;                // 1 - exp(-i)
};

ELBO4J_SPEC DiscretisedLogistic discretised_logistic(float x, float m, float top, float inverse) {
  const float d = sub(x, m);
  const bool low = x <= 0.0f, high = x >= top;
  const float distance = low ? -d : high ? d : absolute(d);
  const float t = mul(sub(distance, 0.5f), inverse), beyond = mul(add(distance, 0.5f), inverse);
  return {low || high,
          low || (!high && d < 0.0f),
          t,
          exp_nonpositive(-absolute(t)),
          beyond,
          exp_nonpositive(-absolute(beyond)),
          minus_expm1(clamp_low(-inverse, expm1_lowest))};
}

ELBO4J_SPEC float discretised_logistic_term(float x, float m, float top, float inverse) {
  const DiscretisedLogistic of = discretised_logistic(x, m, top, inverse);
  const float below = add(1.0f, of.decay);
  const float quotient = div(of.end ? 1.0f : of.within, of.end ? below : mul(below, add(1.0f, of.beyond_decay)));
  return sub(log(quotient), clamp_low(of.t, 0.0f));
}

// With respect to m and s: with G = sigmoid(t) - sigmoid(-(a + 1/2) i), G i away from the mean, and
//   t G - i / (1 - exp(-i)) (1 + exp(-|t|)) / (1 + exp(-(a + 1/2) i)) times the greater of exp(-i), exp(-(a + 1/2) i)
// of which the ends have the first term.
ELBO4J_SPEC Derivatives<2> discretised_logistic_derivatives(float x, float m, float top, float inverse) {
  const DiscretisedLogistic of = discretised_logistic(x, m, top, inverse);
  const float beyond = of.end ? 0.0f : sigmoid_from(-of.beyond, of.beyond_decay);
  const float pull = sub(sigmoid_from(of.t, of.decay), beyond);
  const float greater = of.t > 0.0f ? sub(1.0f, of.within) : of.beyond_decay;
  const float ratio = mul(add(1.0f, of.decay), reciprocal_1_2(add(1.0f, of.beyond_decay)));
  const float width = mul(mul(div(inverse, of.within), greater), ratio);
  const float towards_x = mul(pull, inverse);
  return {{of.downwards ? -towards_x : towards_x, fma(of.t, pull, of.end ? -0.0f : -width)}};
}

}  // namespace elbo4j::spec
