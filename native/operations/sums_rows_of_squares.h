// sums[r] = the sum of the squares of row r of x. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_SUMS_ROWS_OF_SQUARES(FIELD) \
  FIELD(matrix, x)                         \
  FIELD(matrix, sums)
ELBO4J_ARGUMENTS(sums_rows_of_squares, ELBO4J_SUMS_ROWS_OF_SQUARES)
