// dBias(c) = sum over images and pixels of images(n, i, j, c), in the leaves of spec/leaves.h: each is a chain of
// additions from +0, then comes the tree over leaves. One launch, for one layer or for several, which alone leave most
// of a GPU idle: every block finds its layer in a table. All leaves of a channel are threads of one block, 512 at most,
// so there is nothing to write between. images: B x (rows columns channels), read once.
// Compiled for sm_90: at most 128 registers, no spills there, nor for sm_75 and sm_120; 9 instructions of
// PTX per element.
#include <algorithm>

#include "convolution_bias_gradients.h"
#include "launch.h"
#include "leaves.h"
#include "quad.h"

namespace elbo4j::cuda {

namespace {

constexpr int most_leaves = 512, least_threads = 128, most_layers = 32, few_channels = 4;

struct BiasGradient {
  Input images;
  spec::Leaves leaves;
  int64_t row_floats, channels;  // of a row of pixels
  float* d_bias;
  int64_t first_block;    // of the launch's
  int leaf_count, quads;  // quads: of a block; 0: its channels are few, and a thread has all of them
  bool dense, aligned;    // dense: images lie one after the other, as their rows do

  int threads() const { return std::max(quads, 1) * leaf_count; }
  int64_t blocks() const { return quads == 0 ? 1 : parts(channels, 4 * quads); }
};

struct BiasGradients {
  BiasGradient layer[most_layers];
  int count;
  int64_t blocks;
};
static_assert(sizeof(BiasGradients) < 4000, "a kernel has 4 KiB of parameters");

// A warp's run of floats of each of its leaves.
struct Pieces {
  float piece[most_leaves][16 + 1];
  int64_t begin[most_leaves];
};

union Room {
  Quad sums[most_leaves];
  Pieces pieces;
};

// A thread has four channels of one leaf, a block `quads` of these and all leaves.
template <bool ALIGNED> __device__ __forceinline__ void sum_pixels(const BiasGradient& p, int64_t block, Quad* sums) {
  const int leaf = threadIdx.x / p.quads;
  const int64_t channel = 4 * (block * p.quads + threadIdx.x % p.quads);
  const bool has_leaf = leaf < p.leaf_count;
  Quad sum = {};
  if (has_leaf && channel < p.channels) {
    const int64_t end = spec::leaf_begin(p.leaves, leaf + 1);
    for (int64_t row = spec::leaf_begin(p.leaves, leaf), last; row < end; row = last) {
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
  if (has_leaf) sums[threadIdx.x] = sum;
  for (int step = 1; step < p.leaf_count; step *= 2) {
    __syncthreads();
    if (has_leaf && leaf % (2 * step) == 0) {
      const Quad& other = sums[threadIdx.x + step * p.quads];
#pragma unroll
      for (int i = 0; i < 4; i++) sum.e[i] += other.e[i];
      sums[threadIdx.x] = sum;
    }
  }
  if (leaf == 0 && channel < p.channels) store<ALIGNED>(p.d_bias, channel, p.channels, sum);
}

// Where a pixel has few channels, a leaf is a run of floats, and neighbouring leaves lie apart: a warp reads pieces of
// 32 leaves into shared memory, each as neighbours, and each of its threads adds up one leaf. Of dense images.
template <int CHANNELS> __device__ __forceinline__ void sum_few_channels(const BiasGradient& p, Pieces& pieces) {
  constexpr int piece = 16 / CHANNELS * CHANNELS, loads = 16;
  const int leaf = threadIdx.x, element = threadIdx.x % 16;
  const bool has_leaf = leaf < p.leaf_count;  // as all of its warp
  float sums[CHANNELS] = {};
  if (has_leaf) {
    const int64_t begin = spec::leaf_begin(p.leaves, leaf) * p.row_floats;
    const int64_t floats = spec::leaf_begin(p.leaves, leaf + 1) * p.row_floats - begin;
    pieces.begin[leaf] = begin;
    __syncwarp();
    // half a warp has every other of its leaves; what it reads past the end of one, that of the next, is not added
    const int first_read = leaf / 32 * 32 + leaf % 32 / 16;
    const float* from[loads];
    const float* const stop = p.images.data + p.leaves.images * p.leaves.rows * p.row_floats;
#pragma unroll
    for (int i = 0; i < loads; i++) from[i] = p.images.data + pieces.begin[first_read + 2 * i] + element;
    int longest = (int)((floats + piece - 1) / piece);
#pragma unroll
    for (int width = 16; width > 0; width /= 2) longest = max(longest, __shfl_xor_sync(0xffffffffu, longest, width));
    for (int n = 0; n < longest; n++) {
#pragma unroll
      for (int i = 0; i < loads; i++) {
        pieces.piece[first_read + 2 * i][element] = from[i] < stop ? __ldg(from[i]) : 0.0f;
        from[i] += piece;
      }
      __syncwarp();
      const int64_t left = floats - (int64_t)n * piece;
#pragma unroll
      for (int k = 0; k < piece; k++)
        if (k < left) sums[k % CHANNELS] += pieces.piece[leaf][k];
      __syncwarp();
    }
#pragma unroll
    for (int c = 0; c < CHANNELS; c++) pieces.piece[leaf][c] = sums[c];
  }
  for (int step = 1; step < p.leaf_count; step *= 2) {
    __syncthreads();
    if (has_leaf && leaf % (2 * step) == 0) {
#pragma unroll
      for (int c = 0; c < CHANNELS; c++) pieces.piece[leaf][c] = sums[c] += pieces.piece[leaf + step][c];
    }
  }
  if (leaf == 0) {
#pragma unroll
    for (int c = 0; c < CHANNELS; c++) p.d_bias[c] = sums[c];
  }
}

__global__ void __launch_bounds__(most_leaves, 1) sum_images(const BiasGradients all) {
  __shared__ Room room;
  for (int64_t block = blockIdx.x; block < all.blocks; block += gridDim.x) {
    int n = 0;
    while (n + 1 < all.count && block >= all.layer[n + 1].first_block) n++;
    const BiasGradient& p = all.layer[n];
    if (p.quads && p.aligned)
      sum_pixels<true>(p, block - p.first_block, room.sums);
    else if (p.quads)
      sum_pixels<false>(p, block - p.first_block, room.sums);
    else if (p.channels == 1)
      sum_few_channels<1>(p, room.pieces);
    else if (p.channels == 2)
      sum_few_channels<2>(p, room.pieces);
    else if (p.channels == 3)
      sum_few_channels<3>(p, room.pieces);
    else
      sum_few_channels<4>(p, room.pieces);
    __syncthreads();
  }
}

BiasGradient layer_of(const elbo4j_convolution_bias_gradient& a, int64_t first_block) {
  BiasGradient p = {};
  p.images = input(a.images), p.channels = a.d_bias.columns, p.row_floats = a.columns * p.channels;
  p.leaves = spec::leaves_of(a.images.rows, a.chunks, a.rows, a.columns),
  p.leaf_count = (int)spec::leaf_count(p.leaves);
  p.d_bias = a.d_bias.floats(), p.dense = a.images.stride == a.images.columns, p.first_block = first_block;
  p.aligned = aligned(p.channels, {p.images, Input{p.d_bias, 0}});
  if (p.dense && p.channels <= few_channels && p.leaf_count >= 32) return p;
  // of a warp's loads of a leaf at least 32 bytes are neighbours, where there is room for that
  p.quads = p.leaf_count < most_leaves ? 2 : 1;
  while (p.threads() < least_threads && 4 * p.quads < p.channels) p.quads *= 2;
  return p;
}

}  // namespace

int convolution_bias_gradients(const elbo4j_convolution_bias_gradient* gradients, int64_t count, void* stream) {
  for (int64_t first = 0; first < count; first += most_layers) {
    BiasGradients all = {};
    all.count = (int)std::min<int64_t>(count - first, most_layers);
    int threads = 32;
    for (int i = 0; i < all.count; i++) {
      all.layer[i] = layer_of(gradients[first + i], all.blocks);
      all.blocks += all.layer[i].blocks();
      threads = std::max(threads, all.layer[i].threads());
    }
    const int error = launch(sum_images, dim3(blocks_for(all.blocks, 1)), dim3(threads), stream, all);
    if (error) return error;
  }
  return 0;
}

int convolution_bias_gradient(const elbo4j_convolution_bias_gradient& a, void* stream) {
  return convolution_bias_gradients(&a, 1, stream);
}

}  // namespace elbo4j::cuda
