// y = f(x). Items: rows. function: a line of spec/activations.h.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ELEMENTWISE_APPLY(FIELD) \
  FIELD(int32, function)                \
  FIELD(matrix, x)                      \
  FIELD(matrix, y)
ELBO4J_ARGUMENTS(elementwise_apply, ELBO4J_ELEMENTWISE_APPLY)
