// The scalar functions of a normal number u = mean + sigma eps that tanh squashes (Haarnoja et al. 2018, Soft
// actor-critic, appendix C).
//   log_sigma(s) = 3.5 tanh(s) - 1.5, from -5 to 2
//   term         = log N(u; mean, sigma) - log(1 - tanh(u)^2)
//                = 2 (|u| + log1p(exp(-2 |u|))) - 2 log 2 - (eps^2 / 2 + log(2 pi) / 2 + log_sigma)
// -log(1 - tanh(u)^2) = -2 (log 2 - u - softplus(-2 u)) = 2 log(cosh(u)) is even, and as large as u where the
// difference itself would be 0. Its derivative is 2 tanh(u). Gradients, with da and dp of the action and of the
// log-probability:
//   du = da (1 - tanh(u)^2) + dp 2 tanh(u), which is also that of the mean
//   of log_sigma: du sigma eps - dp;  of s: 3.5 (1 - tanh(s)^2) of that
//
// Accuracy, with e = 2^-21 and q = sigma |eps|: tanh(u) within e (0.3 + 1.5 q + |u| / 10), the term within
// e (2 + 3 q + |u| / 2 + eps^2 / 4); du within 3 e (|da| + |dp|) (1 + q), of s within 14 e (|da| + |dp|) (1 + q)^2.
// Measured on random numbers: at most 0.8 of these. NaN stays NaN; u = +-inf has a term of +inf.
#pragma once
#include "exp.h"
#include "float_operations.h"
#include "log1p.h"
#include "tanh.h"

namespace elbo4j::spec {

constexpr float tanh_gaussian_log_four = 0x1.62e43p+0f;
constexpr float tanh_gaussian_half_log_two_pi = 0x1.d67f1cp-1f;

ELBO4J_SPEC float tanh_gaussian_log_sigma(float s) { return fma(3.5f, tanh(s), -1.5f); }

ELBO4J_SPEC float tanh_gaussian_term(float u, float eps, float log_sigma) {
  const float size = absolute(u);
  const float squashed = fma(2.0f, add(size, log1p_unit(exp_nonpositive(mul(-2.0f, size)))), -tanh_gaussian_log_four);
  return sub(squashed, add(fma(mul(0.5f, eps), eps, tanh_gaussian_half_log_two_pi), log_sigma));
}

ELBO4J_SPEC float tanh_gaussian_u_gradient(float u, float d_action, float d_log_probability) {
  return fma(d_log_probability, mul(2.0f, tanh(u)), tanh_gradient(u, d_action));
}

ELBO4J_SPEC float tanh_gaussian_s_gradient(float s, float sigma, float eps, float du, float d_log_probability) {
  return tanh_gradient(s, mul(3.5f, fma(du, mul(sigma, eps), -d_log_probability)));
}

}  // namespace elbo4j::spec
