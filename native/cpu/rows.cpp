// Moving rows: copy, add, fill, gather (target[r] = source[rows[r]]) and its gradient scatter_add (target[rows[r]] +=
// source[r], r ascending: rows may repeat, so it is split by columns, never by rows). Matrices rows x columns.
// copy and gather move 8 bytes per element, add and scatter_add 12, fill 4.
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

void copy(int source_type, const void* source, int64_t source_stride, int target_type, void* target,
          int64_t target_stride, int64_t columns, int64_t begin, int64_t end) {
  const Input in{source, source_stride, 1, source_type};
  const Output out{target, target_stride, target_type};
  if (source_type == spec::FLOAT32 && target_type == spec::FLOAT32) {
    for (int64_t r = begin; r < end; r++) move_row(out.row(r), in.row(r), columns);
    return;
  }
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer from, to;
    const float* elements = in.tile(tile, from);
    copy_row(out.tile(tile, to), elements, tile.size());
    out.commit(tile, to);
  });
}

void add(const float* source, int64_t source_stride, float* target, int64_t target_stride, int64_t columns,
         int64_t begin, int64_t end) {
  for (int64_t r = begin; r < end; r++) add_row(target + r * target_stride, source + r * source_stride, columns);
}

void fill(float value, float* target, int64_t target_stride, int64_t columns, int64_t begin, int64_t end) {
  for (int64_t r = begin; r < end; r++) {
    float* to = target + r * target_stride;
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) to[i] = value;
  }
}

void gather(const float* source, int64_t source_stride, const int32_t* rows, float* target, int64_t target_stride,
            int64_t columns, int64_t begin, int64_t end) {
  for (int64_t r = begin; r < end; r++) {
    const float* from = source + rows[r] * source_stride;
    float* to = target + r * target_stride;
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) to[i] = from[i];
  }
}

void scatter_add(const float* source, int64_t source_stride, const int32_t* rows, int64_t count, float* target,
                 int64_t target_stride, int64_t begin, int64_t end) {
  for (int64_t r = 0; r < count; r++)
    add_row(target + rows[r] * target_stride + begin, source + r * source_stride + begin, end - begin);
}

}  // namespace elbo4j::ELBO4J_LEVEL
