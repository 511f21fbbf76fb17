// Row sums, of elements or of their squares: one float per row of columns elements, in the fixed order of
// spec/row_sum.h. Move 4 bytes per element. (Column sums live with the matrix products, whose chains over the batch
// they share.)
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

template <class F> void sum_rows(const Input& x, float* result, int64_t columns, int64_t begin, int64_t end, F f) {
  RowSums sums;
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
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

void row_sums(const float* x, int64_t x_stride, float* sums, int64_t columns, int64_t begin, int64_t end) {
  sum_rows(Input{x, x_stride}, sums, columns, begin, end, [](float value) { return value; });
}

void row_sums_of_squares(const float* x, int64_t x_stride, float* sums, int64_t columns, int64_t begin, int64_t end) {
  sum_rows(Input{x, x_stride}, sums, columns, begin, end, [](float value) { return value * value; });
}

}  // namespace elbo4j::ELBO4J_LEVEL
