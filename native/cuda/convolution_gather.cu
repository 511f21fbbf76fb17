// small = gate(relu(big * weight + bias)): a convolution, or the gradient of a transposed convolution's input, with the
// bias, the ReLU and the gate in one launch (in more only where there are more than 32 classes of rows or columns):
//   sum(i, j, o) = sum over a, b, c of big(i stride + a - padding, j stride + b - padding, c) weight(a, b, c, o)
// as one chain of fma, without what lies in the padding. big: B x (rows columns channels), weight: (kernel rows, kernel
// columns, big channels) x small channels. Nothing is packed or written between: a tile of pixels x channels reads
// 4 (1 / its pixels + 1 / its channels) bytes per multiply-add from the caches, small is written once.
// Compiled for sm_90, no spills for any GPU; registers, and the share of fma in the inner loop
// (of PTX, quads):
//   tiles 64x64 127, 86 %;  32x32 109, 75 %;  64x16 119, 74 %;
//   a pixel a thread (4 channels or less) 30 to 44, 56 %, of one channel 30 %.
#include "convolution_gather.h"

#include "convolution_pixel.h"

namespace elbo4j::cuda {

int convolution_gather(const elbo4j_convolution_gather& a, void* stream) {
  Convolution<false> p = {};
  p.input = input(a.big), p.weight = input(a.weight), p.gate = input(a.gate), p.result = output(a.small);
  p.bias = a.bias.floats(), p.relu = a.relu != 0;
  return convolve_all(p, a.shape, a.small.rows, stream);
}

}  // namespace elbo4j::cuda
