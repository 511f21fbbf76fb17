// y = fma(factor, x, shift). Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ARITHMETIC_SCALE(FIELD) \
  FIELD(float, factor)                 \
  FIELD(float, shift)                  \
  FIELD(matrix, x)                     \
  FIELD(matrix, y)
ELBO4J_ARGUMENTS(arithmetic_scale, ELBO4J_ARITHMETIC_SCALE)
