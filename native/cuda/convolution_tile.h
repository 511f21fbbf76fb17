// gather (small <- big) and spread (big <- small) as implicit products of matrices: a row of the result is a pixel, a
// column a channel, a step an element of a pixel of the input that the tap touches. A tile's pixels have the same taps.
//
// Every result is one chain of fma from +0 over the elements of the input that it touches, in the order in which they
// lie in memory; the bias is added after it, then come the ReLU and the gate.
#pragma once
#include "convolution_plan.h"
#include "convolution_stage.h"
#include "matmul_choice.h"
#include "relu.h"

namespace elbo4j::cuda {

template <bool SPREAD> struct Convolution {
  Rectangles rectangles;
  int channels, depth;  // of a pixel of the result, and of the input
  int columns, input_columns, kernel_columns;
  PixelSteps<SPREAD> steps;
  Input input, weight, gate;
  Output result;
  const float* bias;
  bool relu;
  bool aligned;        // quads of channels of the result, and of what is read beside it
  bool depth_aligned;  // quads of the input's channels, and of weights where they are neighbours there

  // Of the input's first pixel that this pixel touches, and of the pixel itself: in their images.
  __device__ __forceinline__ int input_of(const PixelTile& tile, const PixelTile::Pixel& at) const {
    return ((tile.rows.input + at.row * steps.input()) * input_columns + tile.columns.input +
            at.column * steps.input()) *
           depth;
  }
  __device__ __forceinline__ int result_of(const PixelTile& tile, const PixelTile::Pixel& at) const {
    return ((tile.rows.first + at.row * steps.output()) * columns + tile.columns.first + at.column * steps.output()) *
           channels;
  }

  // Neighbouring channels of the pixel at `in_image`.
  template <int N>
  __device__ __forceinline__ void finish(int64_t image, int in_image, int channel, float (&sums)[N]) const {
    const int existing = channels - channel;
    if (existing <= 0) return;
    if (bias) {
      float addend[N];
      load_neighbours(bias + channel, existing, aligned, addend);
#pragma unroll
      for (int i = 0; i < N; i++) sums[i] += addend[i];
    }
    if (relu) {
#pragma unroll
      for (int i = 0; i < N; i++) sums[i] = spec::relu(sums[i]);
    }
    if (gate.data) {
      float open[N];
      load_neighbours(gate.row(image) + in_image + channel, existing, aligned, open);
#pragma unroll
      for (int i = 0; i < N; i++) sums[i] = open[i] <= 0.0f ? 0.0f : sums[i];  // NaN is open
    }
    store_neighbours(result.row(image) + in_image + channel, existing, aligned, sums);
  }
};

// A run is what a row of the kernel touches: taps x depth neighbours of the input.
struct RunStep {
  int run = 0, at = 0;

  __device__ __forceinline__ void advance(int steps, int length) {
    at += steps;
    while (at >= length) at -= length, run++;
  }
};

// Of the input.
struct RunWalk {
  using Step = RunStep;
  const float* from;
  int stride, length;

  __device__ __forceinline__ void advance(Step& step, int steps) const { step.advance(steps, length); }
  __device__ __forceinline__ const float* at(const Step& step) const { return from + step.run * stride + step.at; }
};

// Of a gather's weights, which are rows of a matrix; stride: of rows.
struct RowWalk {
  using Step = RunStep;
  const float* from;
  int64_t stride;
  int run_rows, length;

  __device__ __forceinline__ void advance(Step& step, int steps) const { step.advance(steps, length); }
  __device__ __forceinline__ const float* at(const Step& step) const {
    return from + (step.run * run_rows + step.at) * stride;
  }
};

// Of a spread's weights, whose taps descend.
struct TapWalk {
  struct Step {
    int run = 0, tap = 0, at = 0;
  };
  const float* from;
  int64_t run_stride, tap_stride;
  int taps, depth;

  __device__ __forceinline__ void advance(Step& step, int steps) const {
    step.at += steps;
    while (step.at >= depth) {
      step.at -= depth;
      if (++step.tap == taps) step.tap = 0, step.run++;
    }
  }
  __device__ __forceinline__ const float* at(const Step& step) const {
    return from + step.run * run_stride + step.tap * tap_stride + step.at;
  }
};

template <class T, bool SPREAD, bool QUADS>
__global__ void __launch_bounds__(T::threads, T::blocks) convolve(const Convolution<SPREAD> p, int64_t tiles) {
  __shared__ Stages<T> stages;
  __shared__ int64_t image[T::rows];
  __shared__ int in_image[T::rows];  // -1: there is no pixel
  const Place<T> place(threadIdx.x);
  const int across = (int)parts_of<T::columns>(p.channels);
  for (int64_t number = blockIdx.x; number < tiles; number += gridDim.x) {
    const PixelTile tile = PixelTile::of<T::rows>(p.rectangles, number / across);
    const int channel = (int)(number % across) * T::columns;
    __syncthreads();  // the tile before this one may still be read
    for (int i = threadIdx.x; i < T::rows; i += T::threads) {
      const PixelTile::Pixel pixel = tile.pixel(i);
      image[i] = pixel.image;
      in_image[i] = i < tile.pixels ? p.result_of(tile, pixel) : -1;
    }
    ThreadTile<T> sum = {};
    const int length = tile.columns.taps * p.depth, total = tile.rows.taps * length;
    if (total > 0) {
      using Pixels = StepStage<T::rows, T::depth, T::threads, QUADS, RunWalk>;
      const int index = Pixels::index_of(threadIdx.x);
      const bool exists = index < tile.pixels;
      RunWalk walk{nullptr, p.input_columns * p.depth, length};
      if (exists) {
        const PixelTile::Pixel pixel = tile.pixel(index);
        walk.from = p.input.row(pixel.image) + p.input_of(tile, pixel);
      }
      Pixels a(walk, exists, threadIdx.x);
      const int tap = tile.rows.tap * p.kernel_columns + tile.columns.tap;
      if constexpr (SPREAD) {
        using Weights = StepStage<T::columns, T::depth, T::threads, QUADS, TapWalk>;
        const int row = channel + Weights::index_of(threadIdx.x);
        const int64_t tap_stride = (int64_t)p.steps.tap() * p.channels * p.weight.stride;
        Weights b({p.weight.row((int64_t)tap * p.channels + row), p.kernel_columns * tap_stride, tap_stride,
                   tile.columns.taps, p.depth},
                  row < p.channels, threadIdx.x);
        run_steps(stages, a, b, total, place, sum);
      } else {
        IndexStage<T::columns, T::depth, T::threads, RowWalk> b(
            {p.weight.row((int64_t)tap * p.depth) + channel, p.weight.stride, p.kernel_columns * p.depth, length},
            p.channels - channel, p.aligned, threadIdx.x);
        run_steps(stages, a, b, total, place, sum);
      }
    } else {
      __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < T::thread_rows; i++) {
      const int row = place.row_of(i);
      if (in_image[row] < 0) continue;
#pragma unroll
      for (int j = 0; j < T::thread_columns; j += T::column_vector) {
        float vector[T::column_vector];
#pragma unroll
        for (int v = 0; v < T::column_vector; v++) vector[v] = sum[i][j + v];
        p.finish(image[row], in_image[row], channel + place.column_of(j), vector);
      }
    }
  }
}

// For 16 channels or less.
struct FewChannelsTile : Tile<64, 16, 4, 2, 32> {
  static constexpr double cycles = 13;
  static constexpr int blocks = 4;
};

template <class T, bool SPREAD> double time_of(Convolution<SPREAD>& p) {
  return time_of(p.rectangles.template number_tiles<T::rows>() * parts_of<T::columns>(p.channels), T::cycles);
}

template <class T, bool SPREAD> int convolve_by(Convolution<SPREAD>& p, void* stream) {
  const int64_t tiles = p.rectangles.template number_tiles<T::rows>() * parts_of<T::columns>(p.channels);
  return launch(p.depth_aligned ? convolve<T, SPREAD, true> : convolve<T, SPREAD, false>, dim3(blocks_for(tiles, 1)),
                dim3(T::threads), stream, p, tiles);
}

template <bool SPREAD> int convolve_by_tiles(Convolution<SPREAD>& p, void* stream) {
  const double large = time_of<LargeTile>(p), medium = time_of<MediumTile>(p), pixels = time_of<FewChannelsTile>(p);
  if (large <= medium && large <= pixels) return convolve_by<LargeTile>(p, stream);
  return medium <= pixels ? convolve_by<MediumTile>(p, stream) : convolve_by<FewChannelsTile>(p, stream);
}

}  // namespace elbo4j::cuda
