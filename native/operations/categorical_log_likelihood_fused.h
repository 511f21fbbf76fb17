// The log-likelihood of class numbers, and its gradient. Items: rows of logits, some for each row of x. logits: the
// classes of all columns of x one after the other. d_log_likelihood: or absent with d_logits.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_CATEGORICAL_LOG_LIKELIHOOD_FUSED(FIELD) \
  FIELD(matrix, logits)                                \
  FIELD(matrix, x)                                     \
  FIELD(matrix, d_log_likelihood)                      \
  FIELD(matrix, log_likelihood)                        \
  FIELD(matrix, d_logits)
ELBO4J_ARGUMENTS(categorical_log_likelihood_fused, ELBO4J_CATEGORICAL_LOG_LIKELIHOOD_FUSED)
