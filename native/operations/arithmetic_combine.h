// target = a and b combined. function: a line of spec/arithmetic.h. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ARITHMETIC_COMBINE(FIELD) \
  FIELD(int32, function)                 \
  FIELD(matrix, a)                       \
  FIELD(matrix, b)                       \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(arithmetic_combine, ELBO4J_ARITHMETIC_COMBINE)
