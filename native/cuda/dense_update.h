// A launch of this backend alone, which stands for several operations of a program.
#pragma once
#include "adam_update.h"
#include "matmul_weight_gradient.h"

// The gradients of one dense layer over a batch, weight and bias, followed by Adam on both. The bias is one row or one
// column; without one, its update has no parameter. The parameters and what belongs to them lie without gaps.
struct elbo4j_dense_update {
  elbo4j_matmul_weight_gradient gradient;
  elbo4j_adam_update weight, bias;
};

namespace elbo4j::cuda {

// All of one step of Adam.
int dense_updates(const elbo4j_dense_update* updates, int64_t count, void* stream);

}  // namespace elbo4j::cuda
