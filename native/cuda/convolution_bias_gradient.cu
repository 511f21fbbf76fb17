// dBias(c) = sum over images and pixels of images(n, i, j, c), in the leaves of spec/leaves.h: each is a chain of
// additions from +0, then comes the tree over leaves. One launch: all leaves of a channel are threads of one block, 512
// at most, so there is nothing to write between. images: B x (rows columns channels), read once.
// Compiled for sm_90, no spills there, nor for sm_75 and sm_120; registers: 48, of few channels 118.
#include "convolution_bias_gradient.h"

#include "launch.h"
#include "leaves.h"
#include "quad.h"

namespace elbo4j::cuda {

namespace {

constexpr int most_leaves = 512, least_quads = 2, most_threads = least_quads * most_leaves;

struct BiasGradient {
  Input images;
  spec::Leaves leaves;
  int64_t row_floats, channels;  // of a row of pixels
  float* d_bias;
  bool dense;  // images lie one after the other, as their rows do
};

// A thread has four channels of one leaf, a block `quads` of these and all leaves: neighbours of 32 bytes at least.
template <bool ALIGNED> __global__ void __launch_bounds__(most_threads, 1) sum_pixels(const BiasGradient p, int quads) {
  __shared__ Quad sums[most_threads];
  const int leaf = threadIdx.x / quads, leaves = blockDim.x / quads;
  const int64_t begin = spec::leaf_begin(p.leaves, leaf), end = spec::leaf_begin(p.leaves, leaf + 1);
  for (int64_t first = (int64_t)blockIdx.x * quads; 4 * first < p.channels; first += (int64_t)gridDim.x * quads) {
    const int64_t channel = 4 * (first + threadIdx.x % quads);
    Quad sum = {};
    if (channel < p.channels) {
      for (int64_t row = begin, last; row < end; row = last) {
        const int64_t image = p.dense ? 0 : row / p.leaves.rows, start = image * p.leaves.rows;
        last = p.dense ? end : min(end, start + p.leaves.rows);
        const float* pixel = p.images.row(image) + (row - start) * p.row_floats;
        const float* const stop = pixel + (last - row) * p.row_floats;
#pragma unroll 8
        for (; pixel < stop; pixel += p.channels) {
          const Quad x = load<ALIGNED>(pixel, channel, p.channels);
#pragma unroll
          for (int i = 0; i < 4; i++) sum.e[i] += x.e[i];
        }
      }
    }
    sums[threadIdx.x] = sum;
    for (int count = leaves / 2; count > 0; count /= 2) {
      __syncthreads();
      if (leaf < count) {
        const int at = 2 * leaf * quads + threadIdx.x % quads;
#pragma unroll
        for (int i = 0; i < 4; i++) sum.e[i] = sums[at].e[i] + sums[at + quads].e[i];
      }
      __syncthreads();
      if (leaf < count) sums[threadIdx.x] = sum;
    }
    if (leaf == 0 && channel < p.channels) store<ALIGNED>(p.d_bias, channel, p.channels, sum);
    __syncthreads();
  }
}

constexpr int few_channels = 4;

// Where a pixel has few channels, a leaf is a run of floats, and neighbouring leaves lie apart: a warp reads pieces of
// 32 leaves into shared memory, each as neighbours, and each of its threads adds up one leaf. Of dense images.
template <int CHANNELS> __global__ void __launch_bounds__(most_leaves, 1) sum_few_channels(const BiasGradient p) {
  constexpr int piece = 16 / CHANNELS * CHANNELS, loads = 16;
  __shared__ float pieces[most_leaves][16 + 1];
  __shared__ int64_t begins[most_leaves];
  const int leaf = threadIdx.x, leaves = blockDim.x, element = threadIdx.x % 16;
  const int64_t begin = spec::leaf_begin(p.leaves, leaf) * p.row_floats;
  const int64_t floats = spec::leaf_begin(p.leaves, leaf + 1) * p.row_floats - begin;
  begins[leaf] = begin;
  __syncwarp();
  // half a warp has every other of its leaves; what it reads past the end of one, that of the next, is not added
  const int first_read = leaf / 32 * 32 + leaf % 32 / 16;
  const float* from[loads];
  const float* const stop = p.images.data + p.leaves.images * p.leaves.rows * p.row_floats;
#pragma unroll
  for (int i = 0; i < loads; i++) from[i] = p.images.data + begins[first_read + 2 * i] + element;
  int longest = (int)((floats + piece - 1) / piece);
#pragma unroll
  for (int width = 16; width > 0; width /= 2) longest = max(longest, __shfl_xor_sync(0xffffffffu, longest, width));
  float sums[CHANNELS] = {};
  for (int n = 0; n < longest; n++) {
#pragma unroll
    for (int i = 0; i < loads; i++) {
      pieces[first_read + 2 * i][element] = from[i] < stop ? __ldg(from[i]) : 0.0f;
      from[i] += piece;
    }
    __syncwarp();
    const int64_t left = floats - (int64_t)n * piece;
#pragma unroll
    for (int k = 0; k < piece; k++)
      if (k < left) sums[k % CHANNELS] += pieces[leaf][k];
    __syncwarp();
  }
#pragma unroll
  for (int c = 0; c < CHANNELS; c++) pieces[leaf][c] = sums[c];
  for (int count = leaves / 2; count > 0; count /= 2) {
    __syncthreads();
    if (leaf < count) {
#pragma unroll
      for (int c = 0; c < CHANNELS; c++) sums[c] = pieces[2 * leaf][c] + pieces[2 * leaf + 1][c];
    }
    __syncthreads();
    if (leaf < count) {
#pragma unroll
      for (int c = 0; c < CHANNELS; c++) pieces[leaf][c] = sums[c];
    }
  }
  if (leaf == 0) {
#pragma unroll
    for (int c = 0; c < CHANNELS; c++) p.d_bias[c] = sums[c];
  }
}

}  // namespace

int convolution_bias_gradient(const elbo4j_convolution_bias_gradient& a, void* stream) {
  BiasGradient p = {};
  p.images = input(a.images), p.channels = a.d_bias.columns, p.row_floats = a.columns * p.channels;
  p.leaves = spec::leaves_of(a.images.rows, a.rows, a.columns);
  p.d_bias = a.d_bias.floats(), p.dense = a.images.stride == a.images.columns;
  const int leaves = (int)spec::leaf_count(p.leaves);
  if (p.dense && p.channels <= few_channels && leaves >= 32) {
    void (*const kernels[])(BiasGradient) = {sum_few_channels<1>, sum_few_channels<2>, sum_few_channels<3>,
                                             sum_few_channels<4>};
    return launch(kernels[p.channels - 1], dim3(1), dim3(leaves), stream, p);
  }
  int quads = least_quads;
  while (quads * leaves < 128 && 4 * quads < p.channels) quads *= 2;
  return launch(aligned(p.channels, {p.images, Input{p.d_bias, 0}}) ? sum_pixels<true> : sum_pixels<false>,
                dim3(blocks_for(p.channels, 4 * quads)), dim3(quads * leaves), stream, p, quads);
}

}  // namespace elbo4j::cuda
