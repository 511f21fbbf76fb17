// log(x!) for whole x >= 0. Below 16 the logarithm of the product; from there the series of Stirling (Abramowitz and
// Stegun, Handbook of Mathematical Functions, 6.1.41), x log x - x + log(x) / 2 + log(2 pi) / 2 + 1 / (12 x) - 1 /
// (360 x^3). The first two terms cancel in part, so log x and x log x are sums of two floats each: x = 2^k m, k ln 2
// high is exact.
//
// Accuracy: max 1.4 ULP for all whole x in [0, 2^24], exhaustive. Of other x from 16 to 2^121 the series is log
// gamma(x + 1), above NaN; below 16 it is the value of the whole number below x, of 0 for negative ones. NaN stays NaN.
#pragma once
#include "exp.h"
#include "float_operations.h"
#include "log.h"

namespace elbo4j::spec {

ELBO4J_SPEC float times_up_to(float x, float factor, float product) {
  return mul(product, factor <= x ? factor : 1.0f);
}

struct LogPieces {
  float high, low;
};

// log(2^k m) = high + low
ELBO4J_SPEC LogPieces joined_log(float k, float log_m) {
  const float of_power = mul(k, ln2_high);
  const float high = add(of_power, log_m);
  return {high, fma(k, ln2_low, sub(log_m, sub(high, of_power)))};
}

// log x = high + low, of a normal x > 0.
ELBO4J_SPEC LogPieces log_in_two(float x) {
  const uint32_t bits = bits_of(x);
  const uint32_t exponent = (bits - sqrt_half_bits) & 0xff800000u;
  return joined_log(mul((float)(int32_t)exponent, 0x1p-23f), log(float_from_bits(bits - exponent)));
}

// From 16 on log x = high + low; below, high is log(x!).
ELBO4J_SPEC LogPieces log_pieces(float x) {
  float factorial = times_up_to(x, 2.0f, 1.0f);
  factorial = times_up_to(x, 3.0f, factorial);
  factorial = times_up_to(x, 4.0f, factorial);
  factorial = times_up_to(x, 5.0f, factorial);
  factorial = times_up_to(x, 6.0f, factorial);
  factorial = times_up_to(x, 7.0f, factorial);
  factorial = times_up_to(x, 8.0f, factorial);
  factorial = times_up_to(x, 9.0f, factorial);
  factorial = times_up_to(x, 10.0f, factorial);
  factorial = times_up_to(x, 11.0f, factorial);
  factorial = times_up_to(x, 12.0f, factorial);
  factorial = times_up_to(x, 13.0f, factorial);
  factorial = times_up_to(x, 14.0f, factorial);
  factorial = times_up_to(x, 15.0f, factorial);
  const uint32_t bits = bits_of(x);
  const uint32_t exponent = (bits - sqrt_half_bits) & 0xff800000u;
  const float k = mul((float)(int32_t)exponent, 0x1p-23f);
  const float of_rest = log(x < 16.0f ? factorial : float_from_bits(bits - exponent));
  const LogPieces pieces = joined_log(k, of_rest);
  return {x < 16.0f ? of_rest : pieces.high, pieces.low};
}

// log(x!) - x log x + x from 16 on: log(2 pi x) / 2 + 1 / (12 x) - 1 / (360 x^3).
ELBO4J_SPEC float log_factorial_rest(float x, float log_x) {
  const float r = div(1.0f, x);
  const float constant = fma(r, fma(mul(r, r), -0x1.6c16c2p-9f, 0x1.555556p-4f), 0x1.d67f1cp-1f);
  return fma(0.5f, log_x, constant);
}

ELBO4J_SPEC float log_factorial(float x) {
  const LogPieces log_x = log_pieces(x);
  const float product = mul(x, log_x.high);
  const float sum = sub(product, x);
  const float lost = add(fma(x, log_x.high, -product), sub(sub(product, sum), x));
  const float rest = add(log_factorial_rest(x, log_x.high), fma(x, log_x.low, lost));
  return x < 16.0f ? log_x.high : add(sum, rest);
}

}  // namespace elbo4j::spec
