// gather and spread where the result has 1 to 4 channels, as the last layer of a decoder has: tiles of channels would
// be empty. A thread has all channels of a pixel, and the weights lie in shared memory, where a warp reads one at a
// time. The order of a chain is that of convolution_tile.h.
#pragma once
#include "convolution_tile.h"

namespace elbo4j::cuda {

constexpr int few_channels = 4, pixel_threads = 256;

// FLOATS of shared memory, so that small kernels do not hinder each other. CHANNELS: 1, or 4 of which some may not
// exist. QUADS: of the input's channels. One block at least: without a number ptxas spills for sm_100.
template <int CHANNELS, int FLOATS, bool SPREAD, bool QUADS>
__global__ void __launch_bounds__(pixel_threads, 1)
    convolve_pixels(const Convolution<SPREAD> p, int kernel_taps, int64_t tiles) {
  __shared__ float4 shared[FLOATS / 4];  // [tap][element of the input's pixel][CHANNELS]
  float* weights = reinterpret_cast<float*>(shared);
  for (int i = threadIdx.x; i < kernel_taps * p.depth * CHANNELS; i += pixel_threads) {
    // an order in which neighbouring threads read neighbours
    const int channel = SPREAD ? i / p.depth % CHANNELS : i % CHANNELS;
    const int tap = i / (p.depth * CHANNELS), element = SPREAD ? i % p.depth : i / CHANNELS % p.depth;
    float weight = 0.0f;
    if (channel < p.channels)
      weight = __ldg(SPREAD ? p.weight.row(tap * p.channels + channel) + element
                            : p.weight.row(tap * p.depth + element) + channel);
    weights[(tap * p.depth + element) * CHANNELS + channel] = weight;
  }
  __syncthreads();
  for (int64_t number = blockIdx.x; number < tiles; number += gridDim.x) {
    const PixelTile tile = PixelTile::of<pixel_threads>(p.rectangles, number);
    if (threadIdx.x >= tile.pixels) continue;
    const PixelTile::Pixel pixel = tile.pixel(threadIdx.x);
    float sums[CHANNELS] = {};
    const auto add = [&](float x, const float* weight) {
      if constexpr (CHANNELS == 4) {
        const float4 w = *reinterpret_cast<const float4*>(weight);
        sums[0] = spec::fma(x, w.x, sums[0]), sums[1] = spec::fma(x, w.y, sums[1]);
        sums[2] = spec::fma(x, w.z, sums[2]), sums[3] = spec::fma(x, w.w, sums[3]);
      } else {
        sums[0] = spec::fma(x, *weight, sums[0]);
      }
    };
    if (tile.rows.taps > 0 && tile.columns.taps > 0) {
      const float* from = p.input.row(pixel.image) + p.input_of(tile, pixel);
      for (int t = 0; t < tile.rows.taps; t++) {
        for (int u = 0; u < tile.columns.taps; u++) {
          const float* x = from + (t * p.input_columns + u) * p.depth;
          const int tap = (tile.rows.tap + t * p.steps.tap()) * p.kernel_columns + tile.columns.tap + u * p.steps.tap();
          const float* weight = weights + tap * p.depth * CHANNELS;
          if constexpr (QUADS) {
#pragma unroll 2
            for (int k = 0; k < p.depth; k += 4, weight += 4 * CHANNELS) {
              const float4 v = __ldg(reinterpret_cast<const float4*>(x + k));
              if constexpr (CHANNELS == 1) {
                const float4 w = *reinterpret_cast<const float4*>(weight);
                sums[0] = spec::fma(v.x, w.x, sums[0]), sums[0] = spec::fma(v.y, w.y, sums[0]);
                sums[0] = spec::fma(v.z, w.z, sums[0]), sums[0] = spec::fma(v.w, w.w, sums[0]);
              } else {
                add(v.x, weight), add(v.y, weight + CHANNELS);
                add(v.z, weight + 2 * CHANNELS), add(v.w, weight + 3 * CHANNELS);
              }
            }
          } else {
#pragma unroll 4
            for (int k = 0; k < p.depth; k++, weight += CHANNELS) add(__ldg(x + k), weight);
          }
        }
      }
    }
    p.finish(pixel.image, p.result_of(tile, pixel), 0, sums);
  }
}

template <int CHANNELS, int FLOATS, bool SPREAD>
int convolve_by_pixels(Convolution<SPREAD>& p, int kernel_taps, void* stream) {
  const int64_t tiles = p.rectangles.template number_tiles<pixel_threads>();
  return launch(p.depth_aligned ? convolve_pixels<CHANNELS, FLOATS, SPREAD, true>
                                : convolve_pixels<CHANNELS, FLOATS, SPREAD, false>,
                dim3(blocks_for(tiles, 1)), dim3(pixel_threads), stream, p, kernel_taps, tiles);
}

template <bool SPREAD> int convolve_part(Convolution<SPREAD>& p, int64_t kernel_taps, void* stream) {
  constexpr int least_floats = 12 * 1024 / 4, most_floats = 48 * 1024 / 4;
  const int64_t floats = kernel_taps * p.depth * (p.channels == 1 ? 1 : few_channels);
  // few pixels of many steps want the threads of tiles
  if (p.channels <= few_channels && floats <= most_floats && p.rectangles.pixels() >= 64 * multiprocessors()) {
    const int taps = (int)kernel_taps;
    if (p.channels == 1)
      return floats <= least_floats ? convolve_by_pixels<1, least_floats>(p, taps, stream)
                                    : convolve_by_pixels<1, most_floats>(p, taps, stream);
    return floats <= least_floats ? convolve_by_pixels<few_channels, least_floats>(p, taps, stream)
                                  : convolve_by_pixels<few_channels, most_floats>(p, taps, stream);
  }
  return convolve_by_tiles(p, stream);
}

// An operation of the shape: what is not yet in p is a function of that. In as many launches as there are parts of the
// classes that fit one.
template <bool SPREAD>
int convolve_all(Convolution<SPREAD>& p, const elbo4j_convolution_shape& s, int64_t images, void* stream) {
  const int small_rows = (int)s.small_rows(), small_columns = (int)s.small_columns();
  p.channels = SPREAD ? s.big_channels : s.small_channels;
  p.depth = SPREAD ? s.small_channels : s.big_channels;
  p.columns = SPREAD ? s.big_columns : small_columns;
  p.input_columns = SPREAD ? small_columns : s.big_columns;
  p.kernel_columns = s.kernel_columns;
  p.steps.stride = s.stride;
  p.aligned = aligned(p.channels, {p.result, p.gate, Input{p.bias, 0}, SPREAD ? Input{} : p.weight});
  p.depth_aligned = aligned(p.depth, {p.input, SPREAD ? p.weight : Input{}});
  const auto rows = pixel_classes<SPREAD>(s.big_rows, small_rows, s.kernel_rows, s.stride, s.padding);
  const auto columns = pixel_classes<SPREAD>(s.big_columns, small_columns, s.kernel_columns, s.stride, s.padding);
  Rectangles& part = p.rectangles;
  part.images = images;
  const auto take = [](const std::vector<PixelClass>& from, size_t first, PixelClass* to) {
    const size_t count = std::min(from.size() - first, (size_t)most_classes);
    std::copy_n(from.data() + first, count, to);
    return (int)count;
  };
  for (size_t i = 0; i < rows.size(); i += most_classes) {
    part.row_classes = take(rows, i, part.rows);
    for (size_t j = 0; j < columns.size(); j += most_classes) {
      part.column_classes = take(columns, j, part.columns);
      const int error = convolve_part(p, (int64_t)s.kernel_rows * s.kernel_columns, stream);
      if (error) return error;
    }
  }
  return cudaSuccess;
}

}  // namespace elbo4j::cuda
