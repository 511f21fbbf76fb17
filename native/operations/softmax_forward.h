// y = softmax of each row of x. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_SOFTMAX_FORWARD(FIELD) \
  FIELD(matrix, x)                    \
  FIELD(matrix, y)
ELBO4J_ARGUMENTS(softmax_forward, ELBO4J_SOFTMAX_FORWARD)
