// The logarithm of the mean exponential of each row. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_LOG_MEAN_EXP_FORWARD(FIELD) \
  FIELD(matrix, x)                         \
  FIELD(matrix, result)
ELBO4J_ARGUMENTS(log_mean_exp_forward, ELBO4J_LOG_MEAN_EXP_FORWARD)
