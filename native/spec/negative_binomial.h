// The log-likelihood of a count x under a negative binomial variable with log-mean l and log-inverse-dispersion t, in
// the parameters of scvi-tools (Lopez et al., Deep generative modeling for single-cell transcriptomics, 2018):
// mu = exp(l), theta = exp(t), the variance is mu + mu^2 / theta, and as theta grows it becomes a Poisson variable.
//   log Gamma(x + theta) - log Gamma(theta) - log(x!) + theta log(theta / (theta + mu)) + x log(mu / (theta + mu))
// of which little is left where x is near mu. So it has the saddle-point form (Loader, Fast and accurate computation of
// binomial probabilities, 2000): with N = x + theta, excess(y) = exp(y) - 1 - y,
//   -theta excess(log(N / (theta + mu))) - x excess(log(N mu / (x (theta + mu))))
// and what Stirling's formula leaves of the factorials: nothing cancels near the mean. Both logarithms are those of
// 1 + theta's or x's share of N times exp(-+u) - 1, u = log(mu / x). A theta below 4 is shifted by 4 in the gamma
// functions. Of x = 0 it is -theta softplus(l - t).
//
// Accuracy: max 2^-16 of |log p| + 1 for whole x in [0, 2^24], t in [-86.98, 88.7] and l - t from -86.98 on, swept; of
// the derivatives 2^-17 of (x theta + theta mu) / (theta + mu) + 1, and 2^-15 of its size + 1. Below exp's least result
// +0 stands for it; an infinite theta gives NaN. Of x that are no whole numbers log(x!) is wrong, the derivatives are
// not.
#pragma once
#include "derivatives.h"
#include "exp.h"
#include "exp_excess.h"
#include "expm1.h"
#include "float_operations.h"
#include "log.h"
#include "log1p.h"
#include "log_factorial.h"
#include "sigmoid.h"
#include "softplus.h"
#include "stirling.h"

namespace elbo4j::spec {

constexpr float negative_binomial_least = 4.0f;

// What the term and its derivatives share: theta.
ELBO4J_SPEC float negative_binomial_shared(float, float t) { return exp(t); }

struct NegativeBinomial {
  float log_x, total;
  float of_theta, of_x;         // excess of both
  float log_factor;             // log((theta + mu) / theta)
  float mu_share, theta_share;  // of their sum
};

ELBO4J_SPEC NegativeBinomial negative_binomial(float x, float l, float t, float theta) {
  const LogPieces log_x = log_in_two(x);
  const float u = sub(sub(l, log_x.high), log_x.low);
  const float bounded = clamp_low(clamp_high(u, 88.0f), -88.0f);
  const float beyond = sub(u, bounded);
  const float rise = exp(bounded), fall = exp(-bounded);
  const bool near = absolute(u) < 0x1.6p-2f;
  const float change = expm1_reduced(u);
  const float total = add(x, theta);
  const float inverse = div(1.0f, total);
  const float share_of_theta = mul(theta, inverse), share_of_x = mul(x, inverse);
  const float w = mul(share_of_x, near ? change : sub(rise, 1.0f));
  const float v = mul(share_of_theta, near ? -mul(change, fall) : sub(fall, 1.0f));
  const OnePlus near_w = one_plus(w), near_v = one_plus(v);
  const float s = w < -0.5f ? fma(share_of_x, rise, share_of_theta) : near_w.sum;
  const float r = v < -0.5f ? fma(share_of_theta, fall, share_of_x) : near_v.sum;
  const float inverse_s = div(1.0f, s), inverse_r = div(1.0f, r);
  const float log_s = log_of({s, w < -0.5f ? 0.0f : near_w.lost}, inverse_s);
  const float log_r = log_of({r, v < -0.5f ? 0.0f : near_v.lost}, inverse_r);
  const float z = sub(l, t);
  const float decay = exp_nonpositive(-absolute(z));
  const float log_factor = softplus_from(z, decay);
  const float theta_share = sigmoid_from(-z, decay);
  const float y = x == 0.0f ? -log_factor : sub(-log_s, clamp_low(beyond, 0.0f));
  return {log_x.high,
          total,
          exp_excess(y, x == 0.0f ? theta_share : inverse_s),
          exp_excess(sub(-log_r, clamp_low(-beyond, 0.0f)), inverse_r),
          log_factor,
          sigmoid_from(z, decay),
          theta_share};
}

// log(x!) - x log x + x
ELBO4J_SPEC float negative_binomial_of_count(float x, float log_x) {
  const float series = fma(0.5f, log_x, add(0x1.d67f1cp-1f, stirling_rest(div(1.0f, x))));
  const float to_3 = x < 4.0f ? 0x1.7ef4c8p0f : series;
  const float to_2 = x < 3.0f ? 0x1.4e8de8p0f : to_3;
  return x < 2.0f ? 1.0f : to_2;
}

ELBO4J_SPEC float negative_binomial_term_of(const NegativeBinomial& of, float x, float t, float theta) {
  const bool shifted = theta < negative_binomial_least;
  const float shift = shifted ? negative_binomial_least : 0.0f;
  const float total = of.total, a = add(theta, shift), b = add(total, shift);
  const float ratio = div(b, a), square = mul(ratio, ratio);
  const float theta_factors = mul(add(theta, 1.0f), mul(add(theta, 2.0f), add(theta, 3.0f)));
  const float total_factors = mul(mul(total, add(total, 1.0f)), mul(add(total, 2.0f), add(total, 3.0f)));
  const float factors = div(mul(theta_factors, mul(square, square)), total_factors);
  const float logarithm = log(div(shifted ? mul(factors, factors) : 1.0f, ratio));
  const float of_shift = fma(total, log1p(div(4.0f, total)), fma(theta, sub(t, log(a)), t));
  const float rest = sub(stirling_rest(div(1.0f, b)), stirling_rest(div(1.0f, a)));
  const float direct = fma(0.5f, logarithm, sub(rest, negative_binomial_of_count(x, of.log_x)));
  const float saddle = fma(theta, of.of_theta, mul(x, of.of_x));
  const float of_count = sub(shifted ? add(direct, of_shift) : direct, saddle);
  return x == 0.0f ? -mul(theta, of.log_factor) : of_count;
}

// 1 / (a + 1) + 1 / (a + 2) + 1 / (a + 3)
ELBO4J_SPEC float negative_binomial_inverses(float a) {
  return div(fma(fma(3.0f, a, 12.0f), a, 11.0f), mul(mul(add(a, 1.0f), add(a, 2.0f)), add(a, 3.0f)));
}

// With respect to l and t: x theta / (theta + mu) - theta mu / (theta + mu), and theta (digamma(N) - digamma(theta) -
// log(N / theta)) - theta excess(log(N / (theta + mu))).
ELBO4J_SPEC Derivatives<2> negative_binomial_derivatives_of(const NegativeBinomial& of, float x, float t, float theta) {
  const bool shifted = theta < negative_binomial_least;
  const float shift = shifted ? negative_binomial_least : 0.0f;
  const float i = div(1.0f, add(theta, shift)), j = div(1.0f, add(of.total, shift));
  const float direct = mul(mul(theta, mul(x, mul(i, j))), digamma_rest_slope(i, j));
  const float logarithms = add(log1p(div(4.0f, of.total)), sub(t, log(add(theta, 4.0f))));
  const float inverses = sub(negative_binomial_inverses(theta), negative_binomial_inverses(of.total));
  const float of_shift = fma(theta, add(logarithms, inverses), div(x, of.total));
  const float rest = shifted ? add(direct, of_shift) : direct;
  return {{fma(x, of.theta_share, -mul(theta, of.mu_share)), fma(-theta, of.of_theta, x == 0.0f ? 0.0f : rest)}};
}

ELBO4J_SPEC float negative_binomial_term(float x, float l, float t, float theta) {
  return negative_binomial_term_of(negative_binomial(x, l, t, theta), x, t, theta);
}

ELBO4J_SPEC Derivatives<2> negative_binomial_derivatives(float x, float l, float t, float theta) {
  return negative_binomial_derivatives_of(negative_binomial(x, l, t, theta), x, t, theta);
}

}  // namespace elbo4j::spec
