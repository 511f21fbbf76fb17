// d_a = d_c b^T, kept where not (relu_output <= 0). Items: rows of d_a. d_c: rows x n, b: k x n, relu_output: rows x k
// or absent.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_MATMUL_INPUT_GRADIENT(FIELD) \
  FIELD(matrix, d_c)                        \
  FIELD(matrix, b)                          \
  FIELD(matrix, relu_output)                \
  FIELD(matrix, d_a)
ELBO4J_ARGUMENTS(matmul_input_gradient, ELBO4J_MATMUL_INPUT_GRADIENT)
