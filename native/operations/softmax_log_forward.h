// y = the logarithm of the softmax of each row of x. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_SOFTMAX_LOG_FORWARD(FIELD) \
  FIELD(matrix, x)                        \
  FIELD(matrix, y)
ELBO4J_ARGUMENTS(softmax_log_forward, ELBO4J_SOFTMAX_LOG_FORWARD)
