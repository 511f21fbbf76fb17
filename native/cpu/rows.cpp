// Moving rows: copy, add, fill, gather (target[r] = source[rows[r]]), back by scatter (target[rows[r]] = source[r]),
// and the gradient of gather, scatter_add (target[rows[r]] += source[r]). Both go r ascending: rows may repeat, so they
// are split by columns, never by rows. Matrices rows x columns. copy, gather and scatter move 8 bytes per element, add
// and scatter_add 12, fill 4.
#include "rows_add.h"
#include "rows_copy.h"
#include "rows_fill.h"
#include "rows_gather.h"
#include "rows_scatter.h"
#include "rows_scatter_add.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

void move_row(float* target, const float* source, int64_t count) {
  ELBO4J_SIMD for (int64_t i = 0; i < count; i++) target[i] = source[i];
}

void add_row(float* target, const float* source, int64_t count) {
  ELBO4J_SIMD for (int64_t i = 0; i < count; i++) target[i] = target[i] + source[i];
}

}  // namespace

void rows_copy(const elbo4j_rows_copy& a, int64_t begin, int64_t end) {
  const Input in = input(a.source);
  const Output out = output(a.target);
  if (in.type == spec::FLOAT32 && out.type == spec::FLOAT32) {
    for (int64_t r = begin; r < end; r++) move_row(out.row(r), in.row(r), a.target.columns);
    return;
  }
  for_each_tile(begin, end, a.target.columns, [&](const Tile& tile) {
    Buffer from, to;
    const float* elements = in.tile(tile, from);
    copy_row(out.tile(tile, to), elements, tile.size());
    out.commit(tile, to);
  });
}

void rows_add(const elbo4j_rows_add& a, int64_t begin, int64_t end) {
  for (int64_t r = begin; r < end; r++)
    add_row(float_output(a.target).row(r), float_input(a.source).row(r), a.target.columns);
}

void rows_fill(const elbo4j_rows_fill& a, int64_t begin, int64_t end) {
  const float value = a.value;
  const int64_t columns = a.target.columns;
  for (int64_t r = begin; r < end; r++) {
    float* to = float_output(a.target).row(r);
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) to[i] = value;
  }
}

void rows_gather(const elbo4j_rows_gather& a, int64_t begin, int64_t end) {
  const int32_t* rows = a.indices.data + a.indices.position;
  const int64_t columns = a.target.columns;
  for (int64_t r = begin; r < end; r++) {
    const float* from = float_input(a.source).row(rows[r]);
    float* to = float_output(a.target).row(r);
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) to[i] = from[i];
  }
}

void rows_scatter(const elbo4j_rows_scatter& a, int64_t begin, int64_t end) {
  const int32_t* rows = a.indices.data + a.indices.position;
  for (int64_t r = 0; r < a.source.rows; r++)
    move_row(float_output(a.target).row(rows[r]) + begin, float_input(a.source).row(r) + begin, end - begin);
}

void rows_scatter_add(const elbo4j_rows_scatter_add& a, int64_t begin, int64_t end) {
  const int32_t* rows = a.indices.data + a.indices.position;
  for (int64_t r = 0; r < a.source.rows; r++)
    add_row(float_output(a.target).row(rows[r]) + begin, float_input(a.source).row(r) + begin, end - begin);
}

}  // namespace elbo4j::ELBO4J_LEVEL
