// A launch of this backend alone, which stands for several operations of a program.
#pragma once
#include "adam_update.h"

namespace elbo4j::cuda {

// All of one step of Adam and one scale of the gradient. What belongs to a parameter lies without gaps.
int adam_updates(const elbo4j_adam_update* updates, int64_t count, void* stream);

}  // namespace elbo4j::cuda
