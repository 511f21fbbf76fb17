// Row (o, i) of target = row (o, 0, i) + row (o, 1, i) + ... of source, i < inner. Items: rows of target.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ROWS_SUM_REPEATED(FIELD) \
  FIELD(matrix, source)                 \
  FIELD(int32, inner)                   \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(rows_sum_repeated, ELBO4J_ROWS_SUM_REPEATED)
