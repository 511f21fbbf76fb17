// y = x clamped to [-limit, limit]; NaN stays NaN. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_CLIP_VALUE(FIELD) \
  FIELD(float, limit)            \
  FIELD(matrix, x)               \
  FIELD(matrix, y)
ELBO4J_ARGUMENTS(clip_value, ELBO4J_CLIP_VALUE)
