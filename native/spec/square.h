// square(x) = x^2, correctly rounded. Its gradient dy 2 x is too, but where 2 x overflows.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float square(float x) { return mul(x, x); }

ELBO4J_SPEC float square_gradient(float x, float dy) { return mul(dy, mul(2.0f, x)); }

}  // namespace elbo4j::spec
