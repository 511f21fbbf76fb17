// Tiles: the pieces of a matrix that fit in the first-level cache together with the intermediate values of an
// operation. A tile is several whole short rows or a part of one long row. An operand whose rows lie one after the
// other, a multiple of four columns each, is used in place; any other is copied into a buffer where each row is padded
// to such a multiple with zeros. So the stages of an operation are plain loops over consecutive elements, whatever the
// strides.
#pragma once
#include "common_width.h"
#include "elbo4j_arguments.h"
#include "half.h"
#include "level.h"

namespace elbo4j::ELBO4J_LEVEL {

// Measured: smaller tiles cost more per tile, larger ones push the operands out of a first-level cache of 48 KiB.
// A multiple of 128 columns, so that every tile of a long row starts at lane 0 of the row sum.
enum : int { tile_floats = 896, tile_rows = tile_floats / 4 };

// One operand or intermediate value of a tile.
struct Buffer {
  alignas(64) float data[tile_floats];
};

struct Tile {
  int64_t row;  // its rows [row, row + rows)
  int rows;
  int64_t column;  // its columns [column, column + columns)
  int columns;
  int width;  // columns rounded up to a multiple of four
  bool last;  // the rows end here

  int size() const { return rows == 1 ? columns : rows * width; }
};

// f(row, rows) for pieces of [begin, end) that are a tile each, or one row of several tiles
template <class F> static inline void for_each_block(int64_t begin, int64_t end, int64_t columns, F f) {
  int block = 1;
  if (columns < tile_floats) {
    const int width = round_up((int)columns, 4);
    block = width == 0 ? (int)tile_rows : smaller<int>(tile_floats / width, tile_rows);
  }
  for (int64_t row = begin; row < end; row += block) f(row, (int)smaller<int64_t>(block, end - row));
}

// f(tile) for the tiles of a block
template <class F> static inline void for_each_tile_of(int64_t row, int rows, int64_t columns, F f) {
  for (int64_t column = 0; column < columns || column == 0; column += tile_floats) {
    const int count = (int)smaller<int64_t>(tile_floats, columns - column);
    f(Tile{row, rows, column, count, round_up(count, 4), column + count == columns});
  }
}

template <class F> static inline void for_each_tile(int64_t begin, int64_t end, int64_t columns, F f) {
  for_each_block(begin, end, columns, [&](int64_t row, int rows) { for_each_tile_of(row, rows, columns, f); });
}

static inline bool in_place(const Tile& tile, int64_t stride) {
  return tile.rows == 1 || (stride == tile.width && tile.columns == tile.width);
}

// Short rows would spend more time in a call of memcpy than in these loops; the empty asm keeps compilers from making
// one.
static inline void copy_row(float* target, const float* source, int count) {
  int i = 0;
  for (; i + 16 <= count; i += 16) {
    __builtin_memcpy(target + i, source + i, 64);
    asm volatile("");
  }
  for (; i + 4 <= count; i += 4) {
    __builtin_memcpy(target + i, source + i, 16);
    asm volatile("");
  }
  for (; i < count; i++) {
    target[i] = source[i];
    asm volatile("");
  }
}

static inline void clear_padding(const Tile& tile, float* values) {
  for (int r = 0; r < tile.rows; r++)
    for (int c = tile.columns; c < tile.width; c++) values[r * tile.width + c] = 0.0f;
}

static inline void widen_row(float* target, const uint16_t* source, int count, int type) {
  if (type == spec::BFLOAT16) {
    ELBO4J_SIMD for (int i = 0; i < count; i++) target[i] = spec::from_bfloat16(source[i]);
  } else {
    ELBO4J_SIMD for (int i = 0; i < count; i++) target[i] = spec::from_float16(source[i]);
  }
}

static inline void round_row(uint16_t* target, const float* source, int count, int type) {
  if (type == spec::BFLOAT16) {
    ELBO4J_SIMD for (int i = 0; i < count; i++) target[i] = spec::to_bfloat16(source[i]);
  } else {
    ELBO4J_SIMD for (int i = 0; i < count; i++) target[i] = spec::to_float16(source[i]);
  }
}

struct Input {
  const void* data;
  int64_t stride;
  int64_t repeat = 1;  // every row stands for this many
  int type = spec::FLOAT32;

  int64_t index(int64_t r) const { return (repeat == 1 ? r : r / repeat) * stride; }
  const float* row(int64_t r) const { return static_cast<const float*>(data) + index(r); }
  const uint16_t* halves(int64_t r) const { return static_cast<const uint16_t*>(data) + index(r); }
  const void* at(int64_t r, int64_t column) const {
    return type == spec::FLOAT32 ? static_cast<const void*>(row(r) + column) : halves(r) + column;
  }

  // The elements of a tile: in place, or copied into the buffer.
  const float* tile(const Tile& t, Buffer& buffer) const {
    if (type != spec::FLOAT32) {
      for (int r = 0; r < t.rows; r++)
        widen_row(buffer.data + r * t.width, halves(t.row + r) + t.column, t.columns, type);
      if (t.columns != t.width) clear_padding(t, buffer.data);
      return buffer.data;
    }
    if (t.rows == 1 || (repeat == 1 && in_place(t, stride))) return row(t.row) + t.column;
    for (int r = 0; r < t.rows; r++) copy_row(buffer.data + r * t.width, row(t.row + r) + t.column, t.columns);
    if (t.columns != t.width) clear_padding(t, buffer.data);
    return buffer.data;
  }
};

// Nullable: then the elements of a tile stay in the buffer.
struct Output {
  void* data;
  int64_t stride;
  int type = spec::FLOAT32;

  operator Input() const { return Input{data, stride, 1, type}; }
  float* row(int64_t r) const { return static_cast<float*>(data) + r * stride; }
  uint16_t* halves(int64_t r) const { return static_cast<uint16_t*>(data) + r * stride; }
  void* at(int64_t r, int64_t column) const {
    return type == spec::FLOAT32 ? static_cast<void*>(row(r) + column) : halves(r) + column;
  }
  bool written_in_place(const Tile& t) const { return data && type == spec::FLOAT32 && in_place(t, stride); }

  float* tile(const Tile& t, Buffer& buffer) const { return written_in_place(t) ? row(t.row) + t.column : buffer.data; }

  // To be called when the elements that tile() pointed to are written.
  void commit(const Tile& t, const Buffer& buffer) const {
    if (!data || written_in_place(t)) return;
    for (int r = 0; r < t.rows; r++) {
      const float* from = buffer.data + r * t.width;
      if (type == spec::FLOAT32)
        copy_row(row(t.row + r) + t.column, from, t.columns);
      else
        round_row(halves(t.row + r) + t.column, from, t.columns, type);
    }
  }
};

// values[i] = of_row[the row of element i], for the rows of a tile and their padding
static inline void spread_rows(const Tile& tile, const float* of_row, Buffer& values) {
  float* to = values.data;
  for (int r = 0; r < tile.rows; r++, to += tile.width) {
    const float value = of_row[r];
    int i = 0;
    for (; i + 16 <= tile.width; i += 16)
      for (int j = 0; j < 16; j++) to[i + j] = value;
    for (; i < tile.width; i += 4)
      for (int j = 0; j < 4; j++) to[i + j] = value;
  }
}

// Of a matrix of any type, each row of which stands for `repeat`.
static inline Input input(const elbo4j_matrix& m, int64_t repeat = 1) { return {m.data, m.stride, repeat, m.type}; }
static inline Output output(const elbo4j_matrix& m) { return {m.data, m.stride, m.type}; }

// Of a float32 matrix: nothing asks for its type.
static inline Input float_input(const elbo4j_matrix& m, int64_t repeat = 1) { return {m.data, m.stride, repeat}; }
static inline Output float_output(const elbo4j_matrix& m) { return {m.data, m.stride}; }

struct OneWeight {
  float value;
  float operator[](int) const { return value; }
};

// f(weights), where weights[i] is of_row[the row of element i]
template <class F> static inline void with_row_weights(const Tile& tile, const float* of_row, F f) {
  if (tile.rows == 1) return f(OneWeight{*of_row});
  Buffer weights;
  spread_rows(tile, of_row, weights);
  f(static_cast<const float*>(weights.data));
}

// The same by f(begin, end, weights) for pieces of the elements: rows, where they are whole vectors, without copies.
template <class F> static inline void by_row_weights(const Tile& tile, const float* of_row, F f) {
  if (tile.columns % 16 != 0) return with_row_weights(tile, of_row, [&](auto weights) { f(0, tile.size(), weights); });
  with_columns(
      tile.columns, [&](auto columns) __attribute__((always_inline)) {
        for (int r = 0; r < tile.rows; r++) f(r * (int)columns, r * (int)columns + (int)columns, OneWeight{of_row[r]});
      });
}

}  // namespace elbo4j::ELBO4J_LEVEL
