// The gradient of softmax_forward, from its result. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_SOFTMAX_BACKWARD(FIELD) \
  FIELD(matrix, y)                     \
  FIELD(matrix, dy)                    \
  FIELD(matrix, dx)
ELBO4J_ARGUMENTS(softmax_backward, ELBO4J_SOFTMAX_BACKWARD)
