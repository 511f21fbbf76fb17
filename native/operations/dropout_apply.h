// y = x scale where the word of the noise is at least the threshold (an unsigned number), else +0. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_DROPOUT_APPLY(FIELD) \
  FIELD(matrix, x)                  \
  FIELD(noise, noise)               \
  FIELD(int32, threshold)           \
  FIELD(float, scale)               \
  FIELD(matrix, y)
ELBO4J_ARGUMENTS(dropout_apply, ELBO4J_DROPOUT_APPLY)
