// The product of a strictly lower triangular matrix, packed by rows, and a vector, and its gradients.
//   y_i = fma(L_i,i-1, x_i-1, ... fma(L_i0, x_0, +0))
//   dL_ij = dy_i x_j;  dx_j = fma(L_D-1,j, dy_D-1, ... fma(L_j+1,j, dy_j+1, +0)), where it is given
// x, y rows x D, L rows x D (D - 1) / 2. Moves 2 D D bytes per row, the gradients 4 D D.
#include "float_operations.h"
#include "tile.h"
#include "triangular_gradients.h"
#include "triangular_product.h"

namespace elbo4j::ELBO4J_LEVEL {

void triangular_product(const elbo4j_triangular_product& a, int64_t begin, int64_t end) {
  for (int64_t r = begin; r < end; r++) {
    const float *l = float_input(a.packed).row(r), *x = float_input(a.x).row(r);
    float* y = float_output(a.y).row(r);
    for (int64_t i = 0; i < a.x.columns; l += i, i++) {
      float sum = 0.0f;
      for (int64_t j = 0; j < i; j++) sum = spec::fma(l[j], x[j], sum);
      y[i] = sum;
    }
  }
}

void triangular_gradients(const elbo4j_triangular_gradients& a, int64_t begin, int64_t end) {
  const int64_t columns = a.x.columns;
  for (int64_t r = begin; r < end; r++) {
    const float *l = float_input(a.packed).row(r), *x = float_input(a.x).row(r), *dy = float_input(a.d_y).row(r);
    float* dl = float_output(a.d_packed).row(r);
    for (int64_t i = 0; i < columns; dl += i, i++) {
      const float of_row = dy[i];
      ELBO4J_SIMD for (int64_t j = 0; j < i; j++) dl[j] = of_row * x[j];
    }
    if (!a.d_x.data) continue;
    float* dx = float_output(a.d_x).row(r);
    ELBO4J_SIMD for (int64_t j = 0; j < columns; j++) dx[j] = 0.0f;
    for (int64_t i = 0; i < columns; l += i, i++) {
      const float of_row = dy[i];
      ELBO4J_SIMD for (int64_t j = 0; j < i; j++) dx[j] = spec::fma(l[j], of_row, dx[j]);
    }
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
