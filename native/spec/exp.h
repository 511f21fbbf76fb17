// exp(x): x = k ln 2 + r, |r| <= 0.347; a polynomial in r; scaled by a power of two that is built from bits.
//
// Accuracy: max 0.892 ULP for x in [-86.98, 88.73], exhaustive. Results below 2^-125.5 are +0, so no result is
// denormal. exp(+-0) = 1, exp(+inf) = +inf, exp(-inf) = +0, NaN stays NaN; overflow gives +inf as the rounded true
// value does.
//
// Coefficients: Sollya's fpminimax on [-0.347, 0.347] with float coefficients, relative error, 1 + r fixed.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

// Adding 1.5 * 2^23 rounds to the nearest integer and leaves that integer in the low bits.
constexpr float round_to_integer = 12582912.0f;
// ln 2 in two parts; the high one has 15 bits, so that its product with any k is exact.
constexpr float ln2_high = 0x1.62e400p-1f;
constexpr float ln2_low = 0x1.7f7d1cp-20f;
constexpr float log2_e = 0x1.715476p0f;
ELBO4J_BOUND(exp_lowest, -87.0f);
ELBO4J_BOUND(exp_highest, 89.0f);

// x in [-87, 89] or NaN
ELBO4J_SPEC float exp_in_range(float x) {
  float t = fma(x, log2_e, round_to_integer);
  float k = sub(t, round_to_integer);
  float r = fma(k, -ln2_high, x);
  r = fma(k, -ln2_low, r);
  // 2 exp(r): doubled so that the scale 2^(k-1) is finite at k = 128 and is +0 at k = -126
  float p = 0x1.6a5e34p-9f;
  p = fma(p, r, 0x1.123adp-6f);
  p = fma(p, r, 0x1.5558a2p-4f);
  p = fma(p, r, 0x1.55549p-2f);
  p = fma(p, r, 0x1.fffffcp-1f);
  p = fma(p, r, 2.0f);
  p = fma(p, r, 2.0f);
  float scale = float_from_bits((bits_of(t) << 23) + 0x3f000000u);
  return mul(p, scale);
}

ELBO4J_SPEC float exp(float x) { return exp_in_range(clamp_low(clamp_high(x, exp_highest), exp_lowest)); }

ELBO4J_SPEC float exp_gradient(float x, float dy) { return mul(dy, exp(x)); }

// exp(x) for x <= 0 or NaN: the same bits as exp, one clamp less.
ELBO4J_SPEC float exp_nonpositive(float x) { return exp_in_range(clamp_low(x, exp_lowest)); }

}  // namespace elbo4j::spec
