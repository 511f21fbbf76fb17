// The log-likelihood of levels under mixtures of discretised logistic variables, and its gradients. top: the largest
// level. Items: rows of logits, some for each row of x. logits, mean, log_scale: the components of all columns of x one
// after the other. d_log_likelihood: or absent with all gradients; each of these may be absent.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_LOGISTIC_MIXTURE_LOG_LIKELIHOOD_FUSED(FIELD) \
  FIELD(float, top)                                         \
  FIELD(matrix, logits)                                     \
  FIELD(matrix, mean)                                       \
  FIELD(matrix, log_scale)                                  \
  FIELD(matrix, x)                                          \
  FIELD(matrix, d_log_likelihood)                           \
  FIELD(matrix, log_likelihood)                             \
  FIELD(matrix, d_logits)                                   \
  FIELD(matrix, d_mean)                                     \
  FIELD(matrix, d_log_scale)
ELBO4J_ARGUMENTS(logistic_mixture_log_likelihood_fused, ELBO4J_LOGISTIC_MIXTURE_LOG_LIKELIHOOD_FUSED)
