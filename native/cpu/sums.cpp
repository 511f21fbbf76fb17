// Row sums, of elements or of their squares: one float per row of columns elements, in the fixed order of
// spec/row_sum.h. Move 4 bytes per element. (Column sums live with the matrix products, whose chains over the batch
// they share.)
#include "row_sum_tile.h"
#include "sums_rows.h"
#include "sums_rows_of_squares.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

template <class F> void sum_rows(const elbo4j_matrix& matrix, float* result, int64_t begin, int64_t end, F f) {
  const Input x = float_input(matrix);
  RowSums sums;
  for_each_tile(begin, end, matrix.columns, [&](const Tile& tile) {
    Buffer x_buffer, terms;
    const float* from = x.tile(tile, x_buffer);
    float* t = terms.data;
    const int size = tile.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) t[i] = f(from[i]);
    sums.add(tile, t);
    if (tile.last)
      for (int r = 0; r < tile.rows; r++) result[tile.row + r] = sums[r];
  });
}

}  // namespace

void sums_rows(const elbo4j_sums_rows& a, int64_t begin, int64_t end) {
  sum_rows(a.x, a.sums.floats(), begin, end, [](float value) { return value; });
}

void sums_rows_of_squares(const elbo4j_sums_rows_of_squares& a, int64_t begin, int64_t end) {
  sum_rows(a.x, a.sums.floats(), begin, end, [](float value) { return value * value; });
}

}  // namespace elbo4j::ELBO4J_LEVEL
