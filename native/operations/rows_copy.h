// target = source, of any types. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ROWS_COPY(FIELD) \
  FIELD(matrix, source)         \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(rows_copy, ELBO4J_ROWS_COPY)
