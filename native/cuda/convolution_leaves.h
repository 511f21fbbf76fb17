// A launch of this backend alone, which stands for a part of an operation; adam_updates.h does the rest.
#pragma once
#include "convolution_weight_gradient.h"

namespace elbo4j::cuda {

struct LeafTree;

// The leaves of dW, in the workspace, or dW itself where there is one leaf.
int convolution_leaves(const elbo4j_convolution_weight_gradient& gradient, void* stream);

// dW is the sum of what convolution_leaves has written; count is 0 where there was no workspace.
LeafTree leaf_tree_of(const elbo4j_convolution_weight_gradient& gradient);

}  // namespace elbo4j::cuda
