// Items: rows of logits, some for each row of x. d_log_likelihood, d_logits: or absent together.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_BERNOULLI_LOG_LIKELIHOOD_FUSED(FIELD) \
  FIELD(matrix, logits)                              \
  FIELD(matrix, x)                                   \
  FIELD(matrix, d_log_likelihood)                    \
  FIELD(matrix, log_likelihood)                      \
  FIELD(matrix, d_logits)
ELBO4J_ARGUMENTS(bernoulli_log_likelihood_fused, ELBO4J_BERNOULLI_LOG_LIKELIHOOD_FUSED)
