// scale = min(1, maximum_norm / root of the sum of sums_of_squares, one row). One item.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_CLIP_SCALE(FIELD) \
  FIELD(matrix, sums_of_squares) \
  FIELD(float, maximum_norm)     \
  FIELD(matrix, scale)
ELBO4J_ARGUMENTS(clip_scale, ELBO4J_CLIP_SCALE)
