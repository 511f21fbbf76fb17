// The log-likelihood of independent elements with one to three parameters each, and its gradients. function: a line of
// spec/likelihoods.h. shape, constant: its numbers, if it has any. Items: rows of parameter, some for each row of x.
// second, third: as parameter, where the function has so many. d_log_likelihood: or absent with all gradients; each of
// these may be absent.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_LOG_LIKELIHOOD_FUSED(FIELD) \
  FIELD(int32, function)                   \
  FIELD(float, shape)                      \
  FIELD(float, constant)                   \
  FIELD(matrix, parameter)                 \
  FIELD(matrix, second)                    \
  FIELD(matrix, third)                     \
  FIELD(matrix, x)                         \
  FIELD(matrix, d_log_likelihood)          \
  FIELD(matrix, log_likelihood)            \
  FIELD(matrix, d_parameter)               \
  FIELD(matrix, d_second)                  \
  FIELD(matrix, d_third)
ELBO4J_ARGUMENTS(log_likelihood_fused, ELBO4J_LOG_LIKELIHOOD_FUSED)
