// Row r of target = row index[r] of table, NaN where table has none. Items: rows of target.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ROWS_LOOK_UP(FIELD) \
  FIELD(matrix, table)             \
  FIELD(matrix, index)             \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(rows_look_up, ELBO4J_ROWS_LOOK_UP)
