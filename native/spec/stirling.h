// What Stirling's formula leaves of the gamma function, by the asymptotic series (Abramowitz and Stegun, Handbook of
// Mathematical Functions, 6.1.41 and 6.3.18):
//   log Gamma(a) - ((a - 1/2) log a - a + log(2 pi) / 2) = 1 / (12 a) - 1 / (360 a^3) + 1 / (1260 a^5) - 1 / (1680 a^7)
//
// Accuracy: absolute 2^-24 from a = 4 on, swept. NaN stays NaN.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

// Of 1 / a.
ELBO4J_SPEC float stirling_rest(float r) {
  const float square = mul(r, r);
  float p = fma(square, -0x1.381382p-11f, 0x1.a01a02p-11f);
  p = fma(p, square, -0x1.6c16c2p-9f);
  p = fma(p, square, 0x1.555556p-4f);
  return mul(r, p);
}

// digamma(b) - log b - (digamma(a) - log a) over 1 / a - 1 / b, from i = 1 / a and j = 1 / b: nothing cancels where a
// and b are near each other.
ELBO4J_SPEC float digamma_rest_slope(float i, float j) {
  const float i2 = mul(i, i), j2 = mul(j, j);
  const float i4 = mul(i2, i2), j4 = mul(j2, j2);
  const float sum = add(i2, j2);
  float p = mul(mul(sum, add(i4, j4)), -0x1.111112p-8f);
  p = fma(fma(i2, j2, add(i4, j4)), 0x1.041042p-8f, p);
  p = fma(sum, -0x1.111112p-7f, p);
  return fma(add(i, j), add(p, 0x1.555556p-4f), 0.5f);
}

}  // namespace elbo4j::spec
