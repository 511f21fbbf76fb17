// What layer and RMS normalisation make of the sums of a row, and of its elements. Sums are row_sum_total's: not
// rounded before they are divided, so that a mean has one rounding to float. Accuracy: 0.5 ULP, beside the double's, of
// the quotient or root; NaN and infinities as IEEE 754 says, infinite squares make rstd 0.
//
// RMS normalisation is the same with a mean of +0, which changes no bit of x - mean.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float mean_of(double sum, double columns) { return (float)(sum / columns); }

ELBO4J_SPEC float reciprocal_deviation(double squares, double columns, float epsilon) {
  return (float)(1.0 / sqrt_of_double(squares / columns + (double)epsilon));
}

// xhat
ELBO4J_SPEC float normalised(float x, float mean, float rstd) { return mul(sub(x, mean), rstd); }

// rstd (g - mean of g - xhat (mean of g xhat))
ELBO4J_SPEC float normalised_gradient(float xhat, float rstd, float g, float mean_g, float mean_gx) {
  return mul(rstd, fma(-xhat, mean_gx, sub(g, mean_g)));
}

}  // namespace elbo4j::spec
