// Its gradient. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_LOG_MEAN_EXP_BACKWARD(FIELD) \
  FIELD(matrix, x)                          \
  FIELD(matrix, d_result)                   \
  FIELD(matrix, dx)
ELBO4J_ARGUMENTS(log_mean_exp_backward, ELBO4J_LOG_MEAN_EXP_BACKWARD)
