// The product of a strictly lower triangular matrix, packed by rows, and a vector, and its gradients.
//   y_i = fma(L_i,i-1, x_i-1, ... fma(L_i0, x_0, +0))
//   dL_ij = dy_i x_j;  dx_j = fma(L_D-1,j, dy_D-1, ... fma(L_j+1,j, dy_j+1, +0)), where it is given
// x, y rows x D, L rows x D (D - 1) / 2. Moves 2 D D bytes per row, the gradients 4 D D. A thread has four elements of
// the vector, and the rows of dL with their numbers; rows of a triangle start anywhere, so there are no quads to load.
// Compiled for sm_90: at most 64 registers, no spills.
#include "float_operations.h"
#include "rows.h"
#include "triangular_gradients.h"
#include "triangular_product.h"

namespace elbo4j::cuda {

namespace {

__device__ __forceinline__ int64_t first_of_row(int64_t i) { return i * (i - 1) / 2; }

struct Product {
  Input packed, x;
  Output y;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad sum = {{0.0f, 0.0f, 0.0f, 0.0f}};
#pragma unroll
    for (int e = 0; e < 4; e++) {
      const int64_t i = column + e;
      if (i >= columns) continue;
      const float* l = packed.row(row) + first_of_row(i);
      for (int64_t j = 0; j < i; j++) sum.e[e] = spec::fma(__ldg(l + j), __ldg(x.row(row) + j), sum.e[e]);
    }
    store<ALIGNED>(y.row(row), column, columns, sum);
  }
};

struct PackedGradient {
  Input x, dy;
  Output dpacked;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    for (int64_t i = column; i < column + 4 && i < columns; i++) {
      const float of_row = __ldg(dy.row(row) + i);
      float* dl = dpacked.row(row) + first_of_row(i);
      for (int64_t j = 0; j < i; j++) dl[j] = of_row * __ldg(x.row(row) + j);
    }
  }
};

struct VectorGradient {
  Input packed, dy;
  Output dx;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad sum = {{0.0f, 0.0f, 0.0f, 0.0f}};
#pragma unroll
    for (int e = 0; e < 4; e++) {
      const float* l = packed.row(row) + column + e;
      for (int64_t i = column + e + 1; i < columns; i++)
        sum.e[e] = spec::fma(__ldg(l + first_of_row(i)), __ldg(dy.row(row) + i), sum.e[e]);
    }
    store<ALIGNED>(dx.row(row), column, columns, sum);
  }
};

}  // namespace

int triangular_product(const elbo4j_triangular_product& a, void* stream) {
  const Output y = output(a.y);
  const int64_t columns = a.x.columns;
  return map_rows_by_blocks<false>(Product{input(a.packed), input(a.x), y, columns}, a.x.rows, columns, stream);
}

int triangular_gradients(const elbo4j_triangular_gradients& a, void* stream) {
  const int64_t columns = a.x.columns;
  const PackedGradient of_packed{input(a.x), input(a.d_y), output(a.d_packed), columns};
  const int error = map_rows_by_blocks<false>(of_packed, a.x.rows, columns, stream);
  if (error || !a.d_x.data) return error;
  const VectorGradient of_x{input(a.packed), input(a.d_y), output(a.d_x), columns};
  return map_rows_by_blocks<false>(of_x, a.x.rows, columns, stream);
}

}  // namespace elbo4j::cuda
