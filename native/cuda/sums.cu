// Row sums, of elements or of their squares: one float per row of columns elements, in the fixed order of
// spec/row_sum.h. Move 4 bytes per element. (Column sums live with the matrix products, whose chains over the batch
// they share.)
// Compiled for sm_90: at most 30 registers, no spills, 6 instructions per element (aligned).
#include "rows.h"

namespace elbo4j::cuda {

namespace {

__device__ __forceinline__ float itself(float value) { return value; }
__device__ __forceinline__ float square(float value) { return value * value; }

template <float (*F)(float)> struct RowSum {
  Input x;
  float* sums;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ float quad(int64_t row, int64_t column) const {
    const Quad q = load<ALIGNED>(x.row(row), column, columns);
    return spec::quad_sum(F(q.e[0]), F(q.e[1]), F(q.e[2]), F(q.e[3]));  // F(0) = 0 where the row has ended
  }

  __device__ void finish(int64_t row, float sum) const { sums[row] = sum; }
};

template <float (*F)(float)> int sums_of(const Input& x, float* sums, int64_t rows, int64_t columns, void* stream) {
  return sum_rows(RowSum<F>{x, sums, columns}, aligned(columns, {x}), rows, columns, stream);
}

}  // namespace

}  // namespace elbo4j::cuda

using namespace elbo4j::cuda;

int elbo4j_cuda_row_sums(const float* x, int64_t x_stride, float* sums, int64_t rows, int64_t columns, void* stream) {
  return sums_of<itself>(Input{x, x_stride}, sums, rows, columns, stream);
}

int elbo4j_cuda_row_sums_of_squares(const float* x, int64_t x_stride, float* sums, int64_t rows, int64_t columns,
                                    void* stream) {
  return sums_of<square>(Input{x, x_stride}, sums, rows, columns, stream);
}
