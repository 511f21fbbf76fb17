// y = the transpose of x. Items: rows of y.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_TRANSPOSE_OF(FIELD) \
  FIELD(matrix, x)                 \
  FIELD(matrix, y)
ELBO4J_ARGUMENTS(transpose_of, ELBO4J_TRANSPOSE_OF)
