// log(x!) for whole x >= 0. Below 16 a table; from there the series of Stirling (Abramowitz and Stegun, Handbook of
// Mathematical Functions, 6.1.41), x log x - x + log(x) / 2 + log(2 pi) / 2 + 1 / (12 x) - 1 / (360 x^3). The first two
// terms cancel in part, so log x and x log x are sums of two floats each: x = 2^k m, k ln 2 high is exact.
//
// Accuracy: max 1.4 ULP for all whole x in [0, 2^24], exhaustive. Of other x from 16 to 2^121 the series is log
// gamma(x + 1), above NaN; below 16 it is the value of the nearest whole number from 0 to 15. NaN stays NaN.
#pragma once
#include "exp.h"
#include "float_operations.h"
#include "log.h"

namespace elbo4j::spec {

ELBO4J_SPEC float log_factorial(float x) {
  const float table[16] = {0.0f,           0.0f,           0x1.62e43p-1f,  0x1.cab0cp+0f,
                           0x1.96ca78p+1f, 0x1.326644p+2f, 0x1.a51274p+2f, 0x1.10ce2p+3f,
                           0x1.5358e8p+3f, 0x1.99a892p+3f, 0x1.e3575ap+3f, 0x1.180974p+4f,
                           0x1.3fcba2p+4f, 0x1.68d5aap+4f, 0x1.930f3ep+4f, 0x1.be636ap+4f};
  const uint32_t bits = bits_of(x);
  const uint32_t exponent = (bits - sqrt_half_bits) & 0xff800000u;
  const float k = mul((float)(int32_t)exponent, 0x1p-23f);
  const float of_power = mul(k, ln2_high);
  const float of_rest = log(float_from_bits(bits - exponent));
  const float high = add(of_power, of_rest);
  const float low = fma(k, ln2_low, sub(of_rest, sub(high, of_power)));
  const float product = mul(x, high);
  const float sum = sub(product, x);
  const float lost = add(fma(x, high, -product), sub(sub(product, sum), x));
  const float r = div(1.0f, x);
  const float constant = fma(r, fma(mul(r, r), -0x1.6c16c2p-9f, 0x1.555556p-4f), 0x1.d67f1cp-1f);
  const float rest = add(fma(0.5f, high, constant), fma(x, low, lost));
  const float whole = clamp_high(clamp_low(x, 0.0f), 15.0f);
  return x < 16.0f ? table[bits_of(add(whole, 0x1p23f)) & 15u] : add(sum, rest);
}

}  // namespace elbo4j::spec
