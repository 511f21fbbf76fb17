// Row v of d_table = the sum of the rows r of d_target with index[r] = v, r ascending. Items: columns.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ROWS_LOOK_UP_GRADIENT(FIELD) \
  FIELD(matrix, d_target)                   \
  FIELD(matrix, index)                      \
  FIELD(matrix, d_table)                    \
  FIELD(int32, chunks)
ELBO4J_ARGUMENTS(rows_look_up_gradient, ELBO4J_ROWS_LOOK_UP_GRADIENT)
