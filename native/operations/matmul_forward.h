// c = a b (+ bias, then ReLU if relu). Items: rows of c. a: rows x k, b: k x n, bias: 1 x n or absent.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_MATMUL_FORWARD(FIELD) \
  FIELD(matrix, a)                   \
  FIELD(matrix, b)                   \
  FIELD(matrix, bias)                \
  FIELD(int32, relu)                 \
  FIELD(matrix, c)
ELBO4J_ARGUMENTS(matmul_forward, ELBO4J_MATMUL_FORWARD)
