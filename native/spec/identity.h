// identity(x) = x, bit by bit.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float identity(float x) { return x; }

ELBO4J_SPEC float identity_gradient(float, float dy) { return dy; }

}  // namespace elbo4j::spec
