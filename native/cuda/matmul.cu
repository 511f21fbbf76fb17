// Matrix products with fused epilogues.
//   matmul_forward          C = activation(A.B + bias)    A rows x k, B k x n
//   matmul_input_gradient   C = A.B^T, zeroed by a gate   A rows x k, B n x k
//   matmul_weight_gradient  C = A^T.B                     A k x rows, B k x n      (k is the batch)
// Every output is one chain of fma from +0, k ascending; where k is the batch, one such chain for each of
// its chunks, combined by the adjacent-first tree. A tile of C reads 4 (1 / its rows + 1 / its columns)
// bytes per multiply-add from the second-level cache; C is written once.
//
// Which tile, for 132 multiprocessors (matmul_choice.h): 128x400x784 (rows x n x k) 16x32, 128x784x400 32x32,
// 128x20x400 8x16, 128x400x20 16x32, 1024 cubed 64x64, 2048 cubed 128x128; weight_gradient 784x400x128 32x32 by warps.
// Compiled for sm_90, no spills there, nor for sm_75 and sm_120; registers, and the share of fma in the inner loop:
//   128x128 119, 89 %;  64x64 127, 86 %;  32x32 102, 77 %;  16x32 117, 62 %;  8x16 108, 44 %;
//   weight_gradient 32x32 by warps 157, 86 %; 64x64 by chunks 229, 87 %.
#include "matmul_choice.h"
#include "matmul_forward.h"
#include "matmul_input_gradient.h"
#include "matmul_neighbours.h"
#include "matmul_tile.h"
#include "matmul_weight_gradient.h"
#include "relu.h"

namespace elbo4j::cuda {

namespace {

struct Result {
  float* data;
  int64_t stride, rows, columns;
  bool aligned;  // and what is read beside it

  template <int N> __device__ __forceinline__ void store(int64_t row, int64_t column, const float (&values)[N]) const {
    store_neighbours(data + row * stride + column, columns - column, aligned, values);
  }
};

struct BiasAndRelu {
  Result c;
  const float* bias;
  bool relu;

  template <int N> __device__ __forceinline__ void operator()(int64_t row, int64_t column, float (&sums)[N]) const {
    if (row >= c.rows || column >= c.columns) return;
    if (bias) {
      float addend[N];
      load_neighbours(bias + column, c.columns - column, c.aligned, addend);
#pragma unroll
      for (int i = 0; i < N; i++) sums[i] += addend[i];
    }
    if (relu) {
#pragma unroll
      for (int i = 0; i < N; i++) sums[i] = spec::relu(sums[i]);
    }
    c.store(row, column, sums);
  }
};

struct KeptByGate {
  Result c;
  Input gate;

  template <int N> __device__ __forceinline__ void operator()(int64_t row, int64_t column, float (&sums)[N]) const {
    if (row >= c.rows || column >= c.columns) return;
    if (gate.data) {
      float open[N];
      load_neighbours(gate.row(row) + column, c.columns - column, c.aligned, open);
#pragma unroll
      for (int i = 0; i < N; i++) sums[i] = open[i] <= 0.0f ? 0.0f : sums[i];  // NaN is open
    }
    c.store(row, column, sums);
  }
};

struct Stored {
  Result c;

  template <int N> __device__ __forceinline__ void operator()(int64_t row, int64_t column, float (&sums)[N]) const {
    if (row < c.rows && column < c.columns) c.store(row, column, sums);
  }
};

template <class T, bool A_STEP_MAJOR, bool B_STEP_MAJOR, int LEVELS, class Finish>
__global__ void __launch_bounds__(T::threads, T::blocks)
    multiply(Operand a, Operand b, int64_t depth, int log_chunks, Finish finish) {
  const int64_t across = parts_of<T::columns>(b.size), tiles = parts_of<T::rows>(a.size) * across;
  for (int64_t tile = blockIdx.x; tile < tiles; tile += gridDim.x)
    multiply_tile<T, A_STEP_MAJOR, B_STEP_MAJOR, LEVELS>(a, b, tile / across * T::rows, tile % across * T::columns,
                                                         depth, log_chunks, finish);
}

template <class T, bool A_STEP_MAJOR, bool B_STEP_MAJOR, int LEVELS = 0, class Finish>
int launch_multiply(const Operand& a, const Operand& b, int64_t depth, int log_chunks, const Finish& finish,
                    void* stream) {
  return launch(multiply<T, A_STEP_MAJOR, B_STEP_MAJOR, LEVELS, Finish>,
                dim3(blocks_for(tiles_of<T>(a.size, b.size), 1)), dim3(T::threads), stream, a, b, depth, log_chunks,
                finish);
}

// The quickest of one tile and the others.
template <bool B_STEP_MAJOR, class T, class... Others, class Finish>
int multiply_rows(const Operand& a, const Operand& b, int64_t depth, const Finish& finish, void* stream) {
  if constexpr (sizeof...(Others) > 0) {
    const double time = time_of<T>(a.size, b.size);
    if (((time_of<Others>(a.size, b.size) < time) || ...))
      return multiply_rows<B_STEP_MAJOR, Others...>(a, b, depth, finish, stream);
  }
  return launch_multiply<T, false, B_STEP_MAJOR>(a, b, depth, 0, finish, stream);
}

template <bool B_STEP_MAJOR, class Finish>
int multiply_rows(const Operand& a, const Operand& b, int64_t depth, const Finish& finish, void* stream) {
  return multiply_rows<B_STEP_MAJOR, LargestTile, LargeTile, MediumTile, SmallTile, SmallestTile>(a, b, depth, finish,
                                                                                                  stream);
}

// With rows of so many columns.
Operand operand(const elbo4j_matrix& m, int64_t size, int64_t columns) {
  return {m.floats(), m.stride, size, aligned(columns, {input(m)})};
}

Result result(const elbo4j_matrix& c, const Input& beside) {
  return {c.floats(), c.stride, c.rows, c.columns, aligned(c.columns, {input(c), beside})};
}

}  // namespace

int matmul_forward(const elbo4j_matmul_forward& m, void* stream) {
  const int64_t k = m.a.columns, n = m.c.columns;
  const Input bias{m.bias.floats(), 0};
  return multiply_rows<true>(operand(m.a, m.c.rows, k), operand(m.b, n, n), k,
                             BiasAndRelu{result(m.c, bias), bias.data, m.relu != 0}, stream);
}

int matmul_input_gradient(const elbo4j_matmul_input_gradient& m, void* stream) {
  const int64_t k = m.d_c.columns;
  const Input gate = input(m.relu_output);
  return multiply_rows<false>(operand(m.d_c, m.d_a.rows, k), operand(m.b, m.d_a.columns, k), k,
                              KeptByGate{result(m.d_a, gate), gate}, stream);
}

int matmul_weight_gradient(const elbo4j_matmul_weight_gradient& m, void* stream) {
  const int64_t rows = m.d_b.rows, n = m.d_b.columns, k = m.a.rows;
  const Operand a = operand(m.a, rows, rows), b = operand(m.d_c, n, n);
  const Stored finish{result(m.d_b, Input{})};
  const int log_chunks = log_of(m.chunks);
  const auto time = [&](auto tile) {
    using T = decltype(tile);
    return time_of(tiles_of<T>(rows, n), T::cycles(log_chunks));
  };
  if (time(ChunkWarpsTile()) < time(ChunkLoopTile()))
    return launch_multiply<ChunkWarpsTile, true, true, 3>(a, b, k, log_chunks, finish, stream);
  return launch_multiply<ChunkLoopTile, true, true, 3>(a, b, k, log_chunks, finish, stream);
}

}  // namespace elbo4j::cuda
