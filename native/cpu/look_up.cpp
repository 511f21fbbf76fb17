// Rows of a table by numbers in data (spec/row_number.h), and the gradient of the table.
//   target[r] = table[index[r]], NaN where there is no such row
//   dtable[v] = 0 + dtarget[r1] + dtarget[r2] + ... for r1 < r2 < ... with index[r] = v
// target, dtarget rows x columns; index rows x 1. Split by rows, the gradient by columns, which keeps the order of the
// rows. Moves 8 bytes per element of target; the gradient 12, and 4 per element of the table.
#include "rows_look_up.h"
#include "rows_look_up_gradient.h"
#include "row_number.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

int64_t row_of(const elbo4j_matrix& index, int64_t r, int64_t rows) {
  return spec::row_number(*float_input(index).row(r), rows);
}

}  // namespace

void rows_look_up(const elbo4j_rows_look_up& a, int64_t begin, int64_t end) {
  const int64_t columns = a.target.columns;
  for (int64_t r = begin; r < end; r++) {
    float* to = float_output(a.target).row(r);
    const int64_t row = row_of(a.index, r, a.table.rows);
    if (row >= 0) {
      const float* from = float_input(a.table).row(row);
      ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) to[i] = from[i];
    } else {
      for (int64_t i = 0; i < columns; i++) to[i] = __builtin_nanf("");
    }
  }
}

void rows_look_up_gradient(const elbo4j_rows_look_up_gradient& a, int64_t begin, int64_t end) {
  for (int64_t v = 0; v < a.d_table.rows; v++) {
    float* sum = float_output(a.d_table).row(v);
    ELBO4J_SIMD for (int64_t i = begin; i < end; i++) sum[i] = 0.0f;
  }
  for (int64_t r = 0; r < a.d_target.rows; r++) {
    const int64_t row = row_of(a.index, r, a.d_table.rows);
    if (row < 0) continue;
    float* sum = float_output(a.d_table).row(row);
    const float* added = float_input(a.d_target).row(r);
    ELBO4J_SIMD for (int64_t i = begin; i < end; i++) sum[i] = sum[i] + added[i];
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
