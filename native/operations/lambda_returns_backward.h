// The gradients of lambda-returns. Items: rows. Of d_rewards, d_discounts and d_values any may be null.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_LAMBDA_RETURNS_BACKWARD(FIELD) \
  FIELD(matrix, discounts)                    \
  FIELD(matrix, values)                       \
  FIELD(float, lambda)                        \
  FIELD(matrix, returns)                      \
  FIELD(matrix, d_returns)                    \
  FIELD(matrix, d_rewards)                    \
  FIELD(matrix, d_discounts)                  \
  FIELD(matrix, d_values)
ELBO4J_ARGUMENTS(lambda_returns_backward, ELBO4J_LAMBDA_RETURNS_BACKWARD)
