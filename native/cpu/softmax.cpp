// Softmax and its logarithm of each row, and their gradients from the results. m = max(x), s = sum(exp(x - m)):
//   y = exp(x - m) / s            dx = y (dy - sum(y dy))
//   y = (x - m) - log(s)          dx = dy - exp(y) sum(dy), the product and the difference rounded once
// Matrices rows x columns. Moves 8 bytes per element, the gradients 12; what is read again comes from a cache. The
// exponentials of short rows are kept there, those of a long one in y.
#include "exponential_rows.h"
#include "log.h"
#include "softmax_backward.h"
#include "softmax_forward.h"
#include "softmax_log_backward.h"
#include "softmax_log_forward.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

template <class Term, class Gradient>
void gradient_of_short_rows(const Input& y, const Input& dy, const Output& dx, int64_t begin, int64_t end,
                            int64_t columns, Term term, Gradient gradient) {
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer y_buffer, dy_buffer, dx_buffer, terms;
    const float* p = y.tile(tile, y_buffer);
    const float* d = dy.tile(tile, dy_buffer);
    const int size = tile.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) terms.data[i] = term(p[i], d[i]);
    RowSums sums;
    sums.add(tile, terms.data);
    float sum_of_row[tile_rows];
    for (int r = 0; r < tile.rows; r++) sum_of_row[r] = sums[r];
    float* to = dx.tile(tile, dx_buffer);
    by_row_weights(tile, sum_of_row, [&](int begin, int end, auto sum) {
      ELBO4J_SIMD for (int i = begin; i < end; i++) to[i] = gradient(p[i], d[i], sum[i]);
    });
    dx.commit(tile, dx_buffer);
  });
}

// sum(term(y, dy)) of each row, then dx = gradient(y, dy, sum)
template <class Term, class Gradient>
void softmax_gradient(const Input& y, const Input& dy, const Output& dx, int64_t begin, int64_t end, int64_t columns,
                      Term term, Gradient gradient) {
  if (columns < row_in_registers) return gradient_of_short_rows(y, dy, dx, begin, end, columns, term, gradient);
  with_columns(columns, [&](auto columns) {
    for_each_rows(begin, end, columns, [&](int64_t first, int64_t last) {
      double sums[block_rows];
      row_sums<1>(last - first, columns, {sums}, [&](int64_t r) {
        return [=, p = y.row(first + r), d = dy.row(first + r)](auto at, Floats* terms) {
          terms[0] = term(at.load(p), at.load(d));
        };
      });
      for (int64_t row = first; row < last; row++) {
        const float *p = y.row(row), *d = dy.row(row);
        const float sum = (float)sums[row - first];
        float* to = dx.row(row);
        ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) to[i] = gradient(p[i], d[i], sum);
      }
    });
  });
}

}  // namespace

void softmax_forward(const elbo4j_softmax_forward& a, int64_t begin, int64_t end) {
  const Input in = float_input(a.x);
  const Output out = float_output(a.y);
  const int64_t columns = a.x.columns;
  for_each_block(begin, end, columns, [&](int64_t row, int rows) {
    const ExponentialRows of(in, row, rows, columns, out.row(row));
    float sum_of_row[tile_rows];
    for (int r = 0; r < rows; r++) sum_of_row[r] = of.sums[r];
    for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
      Buffer buffer;
      float* to = out.tile(tile, buffer);
      const float* terms = columns > tile_floats ? to : of.terms.data;
      by_row_weights(tile, sum_of_row, [&](int begin, int end, auto sum) {
        ELBO4J_SIMD for (int i = begin; i < end; i++) to[i] = terms[i] / sum[i];
      });
      out.commit(tile, buffer);
    });
  });
}

void softmax_log_forward(const elbo4j_softmax_log_forward& a, int64_t begin, int64_t end) {
  const Input in = float_input(a.x);
  const Output out = float_output(a.y);
  const int64_t columns = a.x.columns;
  for_each_block(begin, end, columns, [&](int64_t row, int rows) {
    const ExponentialRows of(in, row, rows, columns);
    float log_of_row[tile_rows];
    for (int r = 0; r < rows; r++) log_of_row[r] = spec::log(of.sums[r]);
    for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
      Buffer in_buffer, buffer;
      const float* from = in.tile(tile, in_buffer);
      float* to = out.tile(tile, buffer);
      for (int r = 0; r < tile.rows; r++) {
        const float maximum = of.maxima[r], log = log_of_row[r];
        const int first = r * tile.width;
        ELBO4J_SIMD for (int i = first; i < first + tile.columns; i++) to[i] = (from[i] - maximum) - log;
      }
      out.commit(tile, buffer);
    });
  });
}

void softmax_backward(const elbo4j_softmax_backward& a, int64_t begin, int64_t end) {
  softmax_gradient(
      float_input(a.y), float_input(a.dy), float_output(a.dx), begin, end, a.y.columns,
      [](auto y, auto dy) { return y * dy; }, [](float y, float dy, float sum) { return y * (dy - sum); });
}

void softmax_log_backward(const elbo4j_softmax_log_backward& a, int64_t begin, int64_t end) {
  softmax_gradient(
      float_input(a.y), float_input(a.dy), float_output(a.dx), begin, end, a.y.columns,
      [](auto, auto dy) { return dy; }, [](float y, float dy, float sum) { return spec::fma(-spec::exp(y), sum, dy); });
}

}  // namespace elbo4j::ELBO4J_LEVEL
