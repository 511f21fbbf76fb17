// The log-likelihood of independent elements with one parameter each, and its gradient. function: a line of
// spec/likelihoods.h. Items: rows of parameter, some for each row of x. d_log_likelihood, d_parameter: or absent
// together.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_LOG_LIKELIHOOD_FUSED(FIELD) \
  FIELD(int32, function)                   \
  FIELD(matrix, parameter)                 \
  FIELD(matrix, x)                         \
  FIELD(matrix, d_log_likelihood)          \
  FIELD(matrix, log_likelihood)            \
  FIELD(matrix, d_parameter)
ELBO4J_ARGUMENTS(log_likelihood_fused, ELBO4J_LOG_LIKELIHOOD_FUSED)
