// dx = dy f'(x). Items: rows. function: a line of spec/activations.h.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ELEMENTWISE_GRADIENT(FIELD) \
  FIELD(int32, function)                   \
  FIELD(matrix, x)                         \
  FIELD(matrix, dy)                        \
  FIELD(matrix, dx)
ELBO4J_ARGUMENTS(elementwise_gradient, ELBO4J_ELEMENTWISE_GRADIENT)
