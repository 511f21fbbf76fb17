// big = gate(relu(small * weight^T + bias)): a transposed convolution, or the gradient of a convolution's input, with
// the bias, the ReLU and the gate in one launch (in more only where there are more than 32 classes of rows or columns):
//   sum(y, x, c) = sum over i, j, o of small(i, j, o) weight(y + padding - i stride, x + padding - j stride, c, o)
// as one chain of fma, over the taps that there are. small: B x (rows columns channels), weight: (kernel rows, kernel
// columns, big channels) x small channels. Pixels of a phase, stride apart, are neighbours of a tile: no zeros are put
// between the small image's pixels, nothing is packed. A tile of pixels x channels reads 4 (1 / its pixels + 1 / its
// channels) bytes per multiply-add from the caches, big is written once.
// Compiled for sm_90, no spills for any GPU; registers, and the share of fma in the inner loop
// (of PTX, quads):
//   tiles 64x64 128, 86 %;  32x32 111, 75 %;  64x16 119, 74 %;
//   a pixel a thread (4 channels or less) 32 to 48, 56 %, of one channel 30 %.
#include "convolution_spread.h"

#include "convolution_pixel.h"

namespace elbo4j::cuda {

int convolution_spread(const elbo4j_convolution_spread& a, void* stream) {
  Convolution<true> p = {};
  p.input = input(a.small), p.weight = input(a.weight), p.gate = input(a.gate), p.result = output(a.big);
  p.bias = a.bias.floats(), p.relu = a.relu != 0;
  return convolve_all(p, a.shape, a.big.rows, stream);
}

}  // namespace elbo4j::cuda
