// Rows of a table by numbers in data (spec/row_number.h), and the gradient of the table.
//   target[r] = table[index[r]], NaN where there is no such row
//   dtable[v] = the sum over r with index[r] = v of dtarget[r], in the chunks of a batch
// target, dtarget rows x columns; index rows x 1. Split by rows, the gradient by columns, which keeps the order of the
// rows. Moves 8 bytes per element of target; the gradient 4, and 4 per element of the table. Before it, each thread
// links the rows of the batch that name the same row: 8 bytes per row of the batch and of the table, in linear time.
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

// For each row of the table the first row of the batch that names it, for each row of the batch the next one that names
// the same; NONE after the last.
enum : int64_t { NONE = -1 };

struct NamedRows {
  int64_t *first, *next;
};

// Until the next call of the thread.
NamedRows named_rows(const elbo4j_matrix& index, int64_t table_rows) {
  static thread_local Room room;
  auto* memory = reinterpret_cast<int64_t*>(room.floats((table_rows + index.rows) * 2));
  const NamedRows named = {memory, memory + table_rows};
  for (int64_t v = 0; v < table_rows; v++) named.first[v] = NONE;
  for (int64_t r = index.rows - 1; r >= 0; r--) {
    const int64_t row = row_of(index, r, table_rows);
    if (row < 0) continue;
    named.next[r] = named.first[row];
    named.first[row] = r;
  }
  return named;
}

// Of columns that are a tile at most.
void sum_of_row(Input d_target, int64_t batch, int chunks, const NamedRows& named, int64_t row, int64_t column,
                int columns, float* result) {
  alignas(64) float sums[8][tile_floats];
  int64_t r = named.first[row];
  for (int chunk = 0; chunk < chunks; chunk++) {
    float* sum = sums[chunk];
    for (int i = 0; i < columns; i++) sum[i] = 0.0f;
    for (const int64_t end = (chunk + 1) * batch / chunks; r != NONE && r < end; r = named.next[r]) {
      const float* added = d_target.row(r) + column;
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
  const NamedRows named = named_rows(a.index, a.d_table.rows);
  for (int64_t v = 0; v < a.d_table.rows; v++) {
    float* sum = float_output(a.d_table).row(v);
    if (named.first[v] == NONE) {
      ELBO4J_SIMD for (int64_t i = begin; i < end; i++) sum[i] = 0.0f;
    } else {
      for (int64_t column = begin; column < end; column += tile_floats)
        sum_of_row(float_input(a.d_target), a.d_target.rows, a.chunks, named, v, column,
                   (int)smaller<int64_t>(tile_floats, end - column), sum);
    }
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
