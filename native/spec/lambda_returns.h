// The scalar functions of lambda-returns (Sutton and Barto 2018, Reinforcement Learning, equation 12.20, and its
// gradients), a step each. Of a step t of T, with v the value of the state after it:
//   G[t] = r[t] + d[t] m[t],  m[t] = (1 - lambda) v[t] + lambda G[t + 1],  m[T - 1] = v[T - 1]
// in float32: G = fma(d, m, r), m = fma(lambda, G', (1 - lambda) v). Gradients, h[t] the whole one of G[t]:
//   h[0] = dG[0],  h[t + 1] = fma(lambda, d[t] h[t], dG[t + 1])
//   dr = h;  dd = h m;  dv = (1 - lambda) (d h), of the last step d h
// What has a weight of 0 is skipped, never multiplied: with lambda = 0 m is v, with lambda = 1 it is G', by bits, and
// an infinity or a NaN of the other one does not show; so of gradients, where +0 is left.
//
// Accuracy, with e = 2^-24 and where nothing overflows or underflows: of m from its operands 3 e of the sum of the
// magnitudes of its terms, of every other one a rounding for each operation. What that makes of a row is said in
// io.elbo4j.operation.LambdaReturns.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float lambda_mean(float lambda, float value, float next) {
  if (lambda == 0.0f) return value;
  if (lambda == 1.0f) return next;
  return fma(lambda, next, mul(sub(1.0f, lambda), value));
}

// Of the value, from that of the mean.
ELBO4J_SPEC float lambda_value_gradient(float lambda, float d_mean) {
  if (lambda == 0.0f) return d_mean;
  if (lambda == 1.0f) return 0.0f;
  return mul(sub(1.0f, lambda), d_mean);
}

// The whole gradient of the next return, from its own and that of the mean.
ELBO4J_SPEC float lambda_next_gradient(float lambda, float d_mean, float own) {
  return lambda == 0.0f ? own : fma(lambda, d_mean, own);
}

}  // namespace elbo4j::spec
