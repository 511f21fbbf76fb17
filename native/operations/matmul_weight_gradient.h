// d_b = a^T d_c over the batch, in chunks. Items: rows of d_b. a: batch x k, d_c: batch x n.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_MATMUL_WEIGHT_GRADIENT(FIELD) \
  FIELD(matrix, a)                           \
  FIELD(matrix, d_c)                         \
  FIELD(matrix, d_b)                         \
  FIELD(int32, chunks)
ELBO4J_ARGUMENTS(matmul_weight_gradient, ELBO4J_MATMUL_WEIGHT_GRADIENT)
