// exp(y) - 1 - y from y and exp(y): y^2 times a polynomial near 0, where the difference would cancel, so that it is
// never negative.
//
// Accuracy with an exp(y) that is right to 2 ULP: max relative error 2^-19, swept; of results below 2^-126 that of a
// denormal number. NaN stays NaN.
//
// Coefficients: minimax of (exp(y) - 1 - y) / y^2 on [-0.7, 0.7], relative error, rounded to float one by one.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float exp_excess(float y, float exp_y) {
  float p = 0x1.a16abcp-16f;
  p = fma(p, y, 0x1.a51132p-13f);
  p = fma(p, y, 0x1.6c1aacp-10f);
  p = fma(p, y, 0x1.110c38p-7f);
  p = fma(p, y, 0x1.55554cp-5f);
  p = fma(p, y, 0x1.55555ap-3f);
  p = fma(p, y, 0.5f);
  const float square = mul(y, y);
  return square < 0x1.f4p-2f ? mul(square, p) : sub(sub(exp_y, 1.0f), y);
}

}  // namespace elbo4j::spec
