// A launch of this backend alone, which stands for several operations of a program.
#pragma once
#include "adam_update.h"
#include "convolution_weight_gradient.h"

// Adam on one parameter. Where `convolution` has a workspace, the leaves are there (convolution_leaves.h), and their
// sum is the update's gradient, which is written too.
struct elbo4j_update_of_several {
  elbo4j_adam_update update;
  elbo4j_convolution_weight_gradient convolution;
};

namespace elbo4j::cuda {

// All of one step of Adam and one scale of the gradient. What belongs to a parameter lies without gaps.
int adam_updates(const elbo4j_update_of_several* updates, int64_t count, void* stream);

}  // namespace elbo4j::cuda
