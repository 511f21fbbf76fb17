// log(x), natural: x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); a polynomial in f; k ln 2 added in two parts.
//
// Accuracy: max 0.92 ULP for every positive finite x, denormals included, exhaustive.
// log(1) = +0, log(+-0) = -inf, log(+inf) = +inf, log(x < 0) = NaN, NaN stays NaN.
//
// Coefficients: Sollya's fpminimax on [sqrt(1/2) - 1, sqrt(2) - 1], relative error, f fixed.
#pragma once
#include "exp.h"
#include "float_operations.h"

namespace elbo4j::spec {

// Subtracting these bits (of sqrt(1/2)) leaves the exponent k of the reduction in the top nine.
constexpr uint32_t sqrt_half_bits = 0x3f3504f3u;

ELBO4J_SPEC float log(float x) {
  bool denormal = x < 0x1p-126f;
  float scaled = denormal ? mul(x, 0x1p23f) : x;
  float k_of_scaling = denormal ? -23.0f : 0.0f;
  uint32_t bits = bits_of(scaled);
  uint32_t exponent = (bits - sqrt_half_bits) & 0xff800000u;
  float f = sub(float_from_bits(bits - exponent), 1.0f);
  float k = fma((float)(int32_t)exponent, 0x1p-23f, k_of_scaling);
  float q = -0x1.38469cp-4f;
  q = fma(q, f, 0x1.0860bap-3f);
  q = fma(q, f, -0x1.0f3faep-3f);
  q = fma(q, f, 0x1.226dfep-3f);
  q = fma(q, f, -0x1.5425c4p-3f);
  q = fma(q, f, 0x1.99a41ap-3f);
  q = fma(q, f, -0x1.000432p-2f);
  q = fma(q, f, 0x1.55555p-2f);
  q = fma(q, f, -0x1.fffff8p-2f);
  float y = fma(mul(f, f), q, fma(k, ln2_low, f));
  y = fma(k, ln2_high, y);
  y = x < float_from_bits(0x7f800000u) ? y : x;
  float at_zero_or_below = x == 0.0f ? float_from_bits(0xff800000u) : float_from_bits(0x7fc00000u);
  return x > 0.0f ? y : at_zero_or_below;
}

ELBO4J_SPEC float log_gradient(float x, float dy) { return div(dy, x); }

}  // namespace elbo4j::spec
