// Rows of a table by numbers in data (spec/row_number.h), and the gradient of the table.
//   target[r] = table[index[r]], NaN where there is no such row
//   dtable[v] = the sum over r with index[r] = v of dtarget[r], in the chunks of a batch
// target, dtarget rows x columns; index rows x 1. Split by rows, the gradient by columns, which keeps the order of the
// rows. Moves 8 bytes per element of target; the gradient 4, and 4 per element of the table.
#include <algorithm>

#include "column_sum_tile.h"
#include "room.h"
#include "rows_look_up.h"
#include "rows_look_up_gradient.h"
#include "row_number.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

int64_t row_of(const elbo4j_matrix& index, int64_t r, int64_t rows) {
  return spec::row_number(*float_input(index).row(r), rows);
}

// A row of the batch and the row of the table that it names.
struct NamedRow {
  int64_t of_table, of_batch;

  bool operator<(const NamedRow& o) const {
    return of_table != o.of_table ? of_table < o.of_table : of_batch < o.of_batch;
  }
};

struct NamedRows {
  const NamedRow* row;
  int64_t count;
};

// In their order; until the next call of the thread.
NamedRows named_rows(const elbo4j_rows_look_up_gradient& a) {
  static thread_local Room room;
  auto* named = reinterpret_cast<NamedRow*>(room.floats(a.d_target.rows * (int64_t)(sizeof(NamedRow) / sizeof(float))));
  int64_t count = 0;
  for (int64_t r = 0; r < a.d_target.rows; r++) {
    const int64_t row = row_of(a.index, r, a.d_table.rows);
    if (row >= 0) named[count++] = {row, r};
  }
  std::sort(named, named + count);
  return {named, count};
}

// Of columns that are a tile at most.
void sum_of_row(Input d_target, int64_t batch, const NamedRow* named, int64_t count, int64_t column, int columns,
                float* result) {
  alignas(64) float sums[8][tile_floats];
  const int chunks = batch_chunks(batch);
  int64_t next = 0;
  for (int chunk = 0; chunk < chunks; chunk++) {
    float* sum = sums[chunk];
    for (int i = 0; i < columns; i++) sum[i] = 0.0f;
    for (const int64_t end = (chunk + 1) * batch / chunks; next < count && named[next].of_batch < end; next++) {
      const float* added = d_target.row(named[next].of_batch) + column;
      ELBO4J_SIMD for (int i = 0; i < columns; i++) sum[i] += added[i];
    }
  }
  add_chunks(sums, chunks, columns);
  ELBO4J_SIMD for (int i = 0; i < columns; i++) result[column + i] = sums[0][i];
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
  const NamedRows named = named_rows(a);
  for (int64_t from = 0, to; from < named.count; from = to) {
    const int64_t row = named.row[from].of_table;
    for (to = from + 1; to < named.count && named.row[to].of_table == row;) to++;
    for (int64_t column = begin; column < end; column += tile_floats)
      sum_of_row(float_input(a.d_target), a.d_target.rows, named.row + from, to - from, column,
                 (int)smaller<int64_t>(tile_floats, end - column), float_output(a.d_table).row(row));
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
