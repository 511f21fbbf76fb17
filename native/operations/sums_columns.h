// sums[j] = the sum of column j of x; the rows are the batch, in chunks. Items: columns.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_SUMS_COLUMNS(FIELD) \
  FIELD(matrix, x)                 \
  FIELD(matrix, sums)              \
  FIELD(int32, chunks)
ELBO4J_ARGUMENTS(sums_columns, ELBO4J_SUMS_COLUMNS)
