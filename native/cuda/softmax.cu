// Softmax and its logarithm of each row, and their gradients from the results. m = max(x), s = sum(exp(x - m)):
//   y = exp(x - m) / s            dx = y (dy - sum(y dy))
//   y = (x - m) - log(s)          dx = dy - exp(y) sum(dy), the product and the difference rounded once
// Matrices rows x columns. Moves 8 bytes per element, the gradients 12; what is read again comes from a cache.
// Compiled for sm_90, aligned: softmax 31 registers, its logarithm 32, the gradients 36 and 40, no spills;
// instructions of PTX per element: 57, its logarithm 36, the gradients 11 and 31.
#include "exponential_rows.h"
#include "log.h"
#include "softmax_backward.h"
#include "softmax_forward.h"
#include "softmax_log_backward.h"
#include "softmax_log_forward.h"

namespace elbo4j::cuda {

namespace {

struct Softmax {
  Input x;
  Output y;

  template <bool ALIGNED>
  __device__ __forceinline__ void finish(int64_t row, int64_t columns, int lane, int width, float maximum,
                                         float sum) const {
#pragma unroll 2
    for (int64_t column = 4 * lane; column < columns; column += 4 * width) {
      Quad q = load<ALIGNED>(x.row(row), column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) q.e[i] = spec::div(spec::exp(q.e[i] - maximum), sum);
      store<ALIGNED>(y.row(row), column, columns, q);
    }
  }
};

struct LogSoftmax {
  Input x;
  Output y;

  template <bool ALIGNED>
  __device__ __forceinline__ void finish(int64_t row, int64_t columns, int lane, int width, float maximum,
                                         float sum) const {
    const float log_sum = spec::log(sum);
#pragma unroll 2
    for (int64_t column = 4 * lane; column < columns; column += 4 * width) {
      Quad q = load<ALIGNED>(x.row(row), column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) q.e[i] = (q.e[i] - maximum) - log_sum;
      store<ALIGNED>(y.row(row), column, columns, q);
    }
  }
};

struct SoftmaxGradient {
  static __device__ __forceinline__ float term(float y, float dy) { return y * dy; }
  static __device__ __forceinline__ float gradient(float y, float dy, float sum) { return y * (dy - sum); }
};

struct LogSoftmaxGradient {
  static __device__ __forceinline__ float term(float, float dy) { return dy; }
  static __device__ __forceinline__ float gradient(float y, float dy, float sum) {
    return spec::fma(-spec::exp(y), sum, dy);
  }
};

// The same threads go over a row twice: for the sum of its terms, and for its gradient. A row has a warp or less.
template <bool ALIGNED, class Function>
__global__ void __launch_bounds__(row_threads)
    softmax_gradient_of_warps(Input y, Input dy, Output dx, int64_t rows, int64_t columns, int log_width) {
  const int width = 1 << log_width;
  const int rows_of_block = row_threads >> log_width;
  const int lane = (int)threadIdx.x & (width - 1);
  for (int64_t first = (int64_t)blockIdx.x * rows_of_block; first < rows; first += (int64_t)gridDim.x * rows_of_block) {
    const int64_t row = first + (threadIdx.x >> log_width);
    const int64_t columns_here = row < rows ? columns : 0;
    double lane_sum = 0.0;
#pragma unroll 2
    for (int64_t column = 4 * lane; column < columns_here; column += 4 * width) {
      const Quad p = load<ALIGNED>(y.row(row), column, columns);
      Quad t = load<ALIGNED>(dy.row(row), column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) t.e[i] = Function::term(p.e[i], t.e[i]);
      clear_missing<ALIGNED>(t, column, columns);
      lane_sum += (double)spec::quad_sum(t.e[0], t.e[1], t.e[2], t.e[3]);
    }
    const float sum = (float)sum_of_lanes(lane_sum, width);
#pragma unroll 2
    for (int64_t column = 4 * lane; column < columns_here; column += 4 * width) {
      const Quad p = load<ALIGNED>(y.row(row), column, columns);
      Quad d = load<ALIGNED>(dy.row(row), column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) d.e[i] = Function::gradient(p.e[i], d.e[i], sum);
      store<ALIGNED>(dx.row(row), column, columns, d);
    }
  }
}

template <class Function>
int launch_softmax_gradient(const Input& y, const Input& dy, const Output& dx, int64_t rows, int64_t columns,
                            void* stream) {
  const int log_width = log_width_of(columns, 5);
  return launch(aligned(columns, {y, dy, dx}) ? softmax_gradient_of_warps<true, Function>
                                              : softmax_gradient_of_warps<false, Function>,
                dim3(blocks_for(rows, row_threads >> log_width)), dim3(row_threads), stream, y, dy, dx, rows, columns,
                log_width);
}

}  // namespace

int softmax_forward(const elbo4j_softmax_forward& a, void* stream) {
  const Input x = input(a.x);
  const Output y = output(a.y);
  return launch_exponential_rows(Softmax{x, y}, aligned(a.x.columns, {x, y}), a.x.rows, a.x.columns, stream);
}

int softmax_log_forward(const elbo4j_softmax_log_forward& a, void* stream) {
  const Input x = input(a.x);
  const Output y = output(a.y);
  return launch_exponential_rows(LogSoftmax{x, y}, aligned(a.x.columns, {x, y}), a.x.rows, a.x.columns, stream);
}

int softmax_backward(const elbo4j_softmax_backward& a, void* stream) {
  return launch_softmax_gradient<SoftmaxGradient>(input(a.y), input(a.dy), output(a.dx), a.y.rows, a.y.columns, stream);
}

int softmax_log_backward(const elbo4j_softmax_log_backward& a, void* stream) {
  return launch_softmax_gradient<LogSoftmaxGradient>(input(a.y), input(a.dy), output(a.dx), a.y.rows, a.y.columns,
                                                     stream);
}

}  // namespace elbo4j::cuda
