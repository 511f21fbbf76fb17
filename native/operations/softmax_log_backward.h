// The gradient of softmax_log_forward, from its result. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_SOFTMAX_LOG_BACKWARD(FIELD) \
  FIELD(matrix, y)                         \
  FIELD(matrix, dy)                        \
  FIELD(matrix, dx)
ELBO4J_ARGUMENTS(softmax_log_backward, ELBO4J_SOFTMAX_LOG_BACKWARD)
