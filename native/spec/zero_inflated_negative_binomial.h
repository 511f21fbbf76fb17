// The log-likelihood of a count x that with probability sigmoid(g) is an extra zero and else a negative binomial
// variable with log-mean l and log-inverse-dispersion t, as scvi-tools has it; a is the latter's log-likelihood:
//   x = 0: log(sigmoid(g) + sigmoid(-g) exp(a)) = max(a, min(g, 0)) + log1p(exp(-|a - g|)) - log1p(exp(-|g|))
//   else:  a - softplus(g)
//
// Accuracy: max 2^-16 of |log p| + 1 for whole x in [0, 2^24] and |g| up to 200, in negative_binomial.h's range, swept;
// of the derivatives 2^-15 of what is said there, with respect to g absolute 2^-15.
#pragma once
#include "derivatives.h"
#include "exp.h"
#include "float_operations.h"
#include "log1p.h"
#include "negative_binomial.h"
#include "sigmoid.h"
#include "softplus.h"

namespace elbo4j::spec {

// What the term and its derivatives share: theta.
ELBO4J_SPEC float zero_inflated_negative_binomial_shared(float, float t, float) { return exp(t); }

ELBO4J_SPEC float zero_inflated_negative_binomial_term(float x, float l, float t, float g, float theta) {
  const float a = negative_binomial_term(x, l, t, theta);
  const float of_g = log1p_unit(exp_nonpositive(-absolute(g)));
  const float of_both = log1p_unit(exp_nonpositive(-absolute(sub(a, g))));
  const float of_zero = add(clamp_low(a, clamp_high(g, 0.0f)), sub(of_both, of_g));
  return x == 0.0f ? of_zero : sub(a, add(clamp_low(g, 0.0f), of_g));
}

// With respect to l, t and g: the first two of zeros times the probability that they are no extra ones.
ELBO4J_SPEC Derivatives<3> zero_inflated_negative_binomial_derivatives(float x, float l, float t, float g,
                                                                       float theta) {
  const NegativeBinomial of = negative_binomial(x, l, t, theta);
  const Derivatives<2> d = negative_binomial_derivatives_of(of, x, t, theta);
  const float no_extra = sigmoid(sub(-mul(theta, of.log_factor), g));
  const float decay = exp_nonpositive(-absolute(g));
  const float share = x == 0.0f ? no_extra : 1.0f;
  const float of_g = x == 0.0f ? sub(sigmoid_from(-g, decay), no_extra) : -sigmoid_from(g, decay);
  return {{mul(share, d.of[0]), mul(share, d.of[1]), of_g}};
}

}  // namespace elbo4j::spec
