// A launch of this backend alone, which stands for several operations of a program.
#pragma once
#include "convolution_bias_gradient.h"

namespace elbo4j::cuda {

int convolution_bias_gradients(const elbo4j_convolution_bias_gradient* gradients, int64_t count, void* stream);

}  // namespace elbo4j::cuda
