// Row (o, k, i) of target = row (o, i) of source, k < target.rows / source.rows, i < inner. Items: rows of source.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ROWS_REPEAT(FIELD) \
  FIELD(matrix, source)           \
  FIELD(int32, inner)             \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(rows_repeat, ELBO4J_ROWS_REPEAT)
