// target = fma(factor x, y, target). Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ARITHMETIC_MULTIPLY_ADD(FIELD) \
  FIELD(float, factor)                        \
  FIELD(matrix, x)                            \
  FIELD(matrix, y)                            \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(arithmetic_multiply_add, ELBO4J_ARITHMETIC_MULTIPLY_ADD)
