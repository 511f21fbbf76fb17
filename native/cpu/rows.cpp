// Moving rows: copy, add, fill, gather (target[r] = source[rows[r]]), back by scatter (target[rows[r]] = source[r]),
// and the gradient of gather, scatter_add (target[rows[r]] += source[r]). Both go r ascending: rows may repeat, so they
// are split by columns, never by rows. An axis of n put before the last inner rows: repeat, and its gradient,
//   repeat        target[o, k, i] = source[o, i] for k < n, i < inner
//   sum_repeated  target[o, i] = ((source[o, 0, i] + source[o, 1, i]) + source[o, 2, i]) + ...
// Matrices rows x columns. copy, gather and scatter move 8 bytes per element, a gather of bytes 5, add and scatter_add
// 12, fill 4, repeat and sum_repeated 4 per element of each matrix: what is read or added to again is in a cache.
#include "rows_add.h"
#include "rows_copy.h"
#include "rows_fill.h"
#include "rows_gather.h"
#include "rows_repeat.h"
#include "rows_scatter.h"
#include "rows_scatter_add.h"
#include "rows_sum_repeated.h"
#include "short_rows.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

void move_row(float* target, const float* source, int64_t count) {
  ELBO4J_SIMD for (int64_t i = 0; i < count; i++) target[i] = source[i];
}

void widen_bytes(float* target, const uint8_t* source, int64_t count) {
  ELBO4J_SIMD for (int64_t i = 0; i < count; i++) target[i] = (float)source[i];
}

void add_row(float* target, const float* source, int64_t count) {
  ELBO4J_SIMD for (int64_t i = 0; i < count; i++) target[i] = target[i] + source[i];
}

// Row (o, 0, i) of many for row (o, i) of few.
int64_t first_of(int64_t row, int64_t n, int64_t inner) { return row / inner * n * inner + row % inner; }

}  // namespace

void rows_copy(const elbo4j_rows_copy& a, int64_t begin, int64_t end) {
  const Input in = input(a.source);
  const Output out = output(a.target);
  if (in.type == spec::FLOAT32 && out.type == spec::FLOAT32) {
    const bool consecutive = a.source.stride == a.source.columns && a.target.stride == a.target.columns;
    for_each_element(begin, end, a.target.columns, consecutive,
                     [=](int64_t r, int64_t i) { out.row(r)[i] = in.row(r)[i]; });
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
  const Input in = float_input(a.source);
  const Output out = float_output(a.target);
  const bool consecutive = a.source.stride == a.source.columns && a.target.stride == a.target.columns;
  for_each_element(begin, end, a.target.columns, consecutive,
                   [=](int64_t r, int64_t i) { out.row(r)[i] = out.row(r)[i] + in.row(r)[i]; });
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
  if (a.source.type == spec::UINT8) {
    const uint8_t* bytes = static_cast<const uint8_t*>(a.source.data);
    for (int64_t r = begin; r < end; r++)
      widen_bytes(float_output(a.target).row(r), bytes + rows[r] * a.source.stride, a.target.columns);
    return;
  }
  const int64_t columns = a.target.columns;
  for (int64_t r = begin; r < end; r++) {
    const float* from = float_input(a.source).row(rows[r]);
    float* to = float_output(a.target).row(r);
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) to[i] = from[i];
  }
}

void rows_repeat(const elbo4j_rows_repeat& a, int64_t begin, int64_t end) {
  const int64_t n = a.target.samples_of(a.source);
  for (int64_t r = begin; r < end; r++) {
    const float* from = float_input(a.source).row(r);
    const int64_t first = first_of(r, n, a.inner);
    for (int64_t k = 0; k < n; k++) move_row(float_output(a.target).row(first + k * a.inner), from, a.target.columns);
  }
}

void rows_sum_repeated(const elbo4j_rows_sum_repeated& a, int64_t begin, int64_t end) {
  const int64_t n = a.source.samples_of(a.target);
  for (int64_t r = begin; r < end; r++) {
    float* sum = float_output(a.target).row(r);
    const int64_t first = first_of(r, n, a.inner);
    move_row(sum, float_input(a.source).row(first), a.target.columns);
    for (int64_t k = 1; k < n; k++) add_row(sum, float_input(a.source).row(first + k * a.inner), a.target.columns);
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
