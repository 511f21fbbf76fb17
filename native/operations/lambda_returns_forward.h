// Lambda-returns. Items: rows, of which a column is a step.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_LAMBDA_RETURNS_FORWARD(FIELD) \
  FIELD(matrix, rewards)                     \
  FIELD(matrix, discounts)                   \
  FIELD(matrix, values)                      \
  FIELD(float, lambda)                       \
  FIELD(matrix, returns)
ELBO4J_ARGUMENTS(lambda_returns_forward, ELBO4J_LAMBDA_RETURNS_FORWARD)
