// log(1 + x) for x in [0, 1]: x + x^2 q(x).
//
// Accuracy: max 1.18 ULP on [0, 1], exhaustive. log1p_unit(+0) = +0, NaN stays NaN; outside [0, 1] no promise.
//
// Coefficients: Sollya's fpminimax on [0, 1], relative error, x fixed.
#pragma once
#include "float_operations.h"

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

}  // namespace elbo4j::spec
