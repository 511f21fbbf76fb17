// log(1 + x). log1p_unit for x in [0, 1]: x + x^2 q(x). log1p for x > -1: the logarithm of the rounded sum, and what
// the sum lost over it.
//
// Accuracy: log1p_unit max 1.18 ULP on [0, 1], exhaustive. log1p_unit(+0) = +0, NaN stays NaN; outside [0, 1] no
// promise.
// log1p max 2 ULP for x from -1 + 2^-24 to 2^127, swept; NaN stays NaN.
//
// Coefficients: Sollya's fpminimax on [0, 1], relative error, x fixed.
#pragma once
#include "float_operations.h"
#include "log.h"

namespace elbo4j::spec {

ELBO4J_SPEC float log1p_unit(float x) {
  float q = 0x1.107bacp-9f;
  q = fma(q, x, -0x1.bfbf76p-7f);
  q = fma(q, x, 0x1.588ab6p-5f);
  q = fma(q, x, -0x1.54af5ap-4f);
  q = fma(q, x, 0x1.fefbf4p-4f);
  q = fma(q, x, -0x1.4a6966p-3f);
  q = fma(q, x, 0x1.97890ep-3f);
  q = fma(q, x, -0x1.ffc552p-3f);
  q = fma(q, x, 0x1.5553b4p-2f);
  q = fma(q, x, -0x1.fffff8p-2f);
  return fma(mul(x, x), q, x);
}

// 1 + x = sum + lost, exactly (Knuth, The Art of Computer Programming, volume 2, 4.2.2).
struct OnePlus {
  float sum, lost;
};

ELBO4J_SPEC OnePlus one_plus(float x) {
  const float sum = add(1.0f, x);
  const float of_x = sub(sum, 1.0f);
  return {sum, add(sub(1.0f, sub(sum, of_x)), sub(x, of_x))};
}

ELBO4J_SPEC float log_of(const OnePlus& x, float inverse) { return fma(x.lost, inverse, log(x.sum)); }

ELBO4J_SPEC float log1p(float x) {
  const OnePlus one_and_x = one_plus(x);
  return log_of(one_and_x, div(1.0f, one_and_x.sum));
}

}  // namespace elbo4j::spec
