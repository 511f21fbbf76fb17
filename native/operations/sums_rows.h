// sums[r] = the sum of row r of x. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_SUMS_ROWS(FIELD) \
  FIELD(matrix, x)              \
  FIELD(matrix, sums)
ELBO4J_ARGUMENTS(sums_rows, ELBO4J_SUMS_ROWS)
