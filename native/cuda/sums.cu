// Row sums, of elements or of their squares: one float per row of columns elements, in the fixed order of
// spec/row_sum.h. Move 4 bytes per element. (Column sums live with the matrix products, whose chains over the batch
// they share.)
// Compiled for sm_90: at most 32 registers, no spills, 6 instructions per element (aligned).
#include "rows.h"
#include "sums_rows.h"
#include "sums_rows_of_squares.h"

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

template <float (*F)(float)> int sums_of(const elbo4j_matrix& x, const elbo4j_matrix& sums, void* stream) {
  return sum_rows(RowSum<F>{input(x), sums.floats(), x.columns}, aligned(x.columns, {input(x)}), x.rows, x.columns,
                  stream);
}

}  // namespace

int sums_rows(const elbo4j_sums_rows& a, void* stream) { return sums_of<itself>(a.x, a.sums, stream); }

int sums_rows_of_squares(const elbo4j_sums_rows_of_squares& a, void* stream) {
  return sums_of<square>(a.x, a.sums, stream);
}

}  // namespace elbo4j::cuda
