// 1 - exp(x) for x in [-40, 0] or NaN: exp(x) - 1 without the cancellation near 0, and its sign turned.
//
// x = k ln 2 + r as in exp; expm1(r) = r + r^2 q(r), q by Sollya's fpminimax:
//   fpminimax(expm1(x), [|2,...,6|], [|24...|], [-0.347; 0.347], x, relative, floating), error 2^-26.1.
#pragma once
#include "exp.h"
#include "float_operations.h"

namespace elbo4j::spec {

constexpr float expm1_lowest = -40.0f;

// exp(r) - 1 for r in [-0.347, 0.347]
ELBO4J_SPEC float expm1_reduced(float r) {
  float q = 0x1.6b71a8p-10f;
  q = fma(q, r, 0x1.1227c2p-7f);
  q = fma(q, r, 0x1.555718p-5f);
  q = fma(q, r, 0x1.5554bp-3f);
  q = fma(q, r, 0x1.fffffep-2f);
  return fma(mul(r, r), q, r);
}

ELBO4J_SPEC float minus_expm1(float x) {
  float t = fma(x, log2_e, round_to_integer);
  float k = sub(t, round_to_integer);
  float r = fma(k, -ln2_high, x);
  r = fma(k, -ln2_low, r);
  float scale = float_from_bits((bits_of(t) << 23) + 0x3f800000u);
  return fma(-scale, expm1_reduced(r), sub(1.0f, scale));
}

}  // namespace elbo4j::spec
