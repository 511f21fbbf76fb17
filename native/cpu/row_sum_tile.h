// Row sums of the tiles of a block of rows, to the definition in spec/row_sum.h: short rows many at once.
#pragma once
#include "common_width.h"
#include "neighbours.h"
#include "row_sum.h"
#include "row_vectors.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

static_assert(tile_floats % (4 * spec::row_sum_lanes) == 0, "a tile of a long row must start at lane 0");

// T: float, or double for the sums before their rounding.
template <class T> class RowSumsOf {
 public:
  // Adds the elements of a tile, whose padding is overwritten with zeros. The tiles of a long row come in column order.
  void add(const Tile& tile, float* elements) {
    if (tile.width != tile.columns) clear_padding(tile, elements);
    add_padded(tile, elements);
  }

  // The same of what must not be written to.
  void add_input(const Tile& tile, const float* elements) {
    if (tile.width == tile.columns) return add_padded(tile, elements);
    Buffer copy;
    __builtin_memcpy(copy.data, elements, (std::size_t)tile.size() * sizeof(float));
    add(tile, copy.data);
  }

  // After the last tile: of the block's row i.
  T operator[](int i) const { return sums_[i]; }

 private:
  enum : int { lanes = spec::row_sum_lanes };

  void add_padded(const Tile& tile, const float* elements) {
    if (tile.column == 0 && tile.last && tile.width >= row_in_registers) return add_whole_rows(tile, elements);
    alignas(64) float quads[tile_floats / 4];
    const int quads_of_row = tile.width / 4;
    add_quads(quads, elements, tile.rows * quads_of_row);
    if (quads_of_row < lanes && tile.column == 0) {
      add_short_rows(quads, tile.rows, quads_of_row);
    } else {
      for (int r = 0; r < tile.rows; r++) add_long_row(tile, quads + r * quads_of_row, r);
    }
  }

  void add_whole_rows(const Tile& tile, const float* elements) {
    double sums[tile_floats / row_in_registers];
    with_columns(
        tile.width, [&](int64_t columns) __attribute__((always_inline)) {
          row_sums<1>(tile.rows, columns, {sums}, [&](int64_t r) {
            return [row = elements + r * columns](auto at, Floats* terms) { terms[0] = at.load(row); };
          });
        });
    for (int r = 0; r < tile.rows; r++) sums_[r] = (T)sums[r];
  }

  void add_long_row(const Tile& tile, const float* quads, int row) {
    const int count = tile.width / 4;
    int quad = 0;
    if (tile.column == 0) {
      // as if from -0: see below
      ELBO4J_SIMD for (int i = 0; i < lanes; i++) lanes_[i] = (double)quads[i];
      quad = lanes;
    }
    for (; quad + lanes <= count; quad += lanes) {
      ELBO4J_SIMD for (int i = 0; i < lanes; i++) lanes_[i] += (double)quads[quad + i];
    }
    ELBO4J_SIMD for (int i = 0; i < count - quad; i++) lanes_[i] += (double)quads[quad + i];
    if (tile.last) sums_[row] = (T)(sum_of_lanes(lanes_) + 0.0);
  }

  // Every row has less than a quad for each lane: the tree, cut to the smallest power of two that holds the quads, is
  // run over all rows together.
  void add_short_rows(const float* quads, int rows, int quads_of_row) {
    int width = 1;
    while (width < quads_of_row) width *= 2;
    alignas(64) float padded[2 * tile_floats / 4];
    if (quads_of_row != width) {
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < quads_of_row; i++) padded[r * width + i] = quads[r * quads_of_row + i];
        for (int i = quads_of_row; i < width; i++) padded[r * width + i] = 0.0f;
      }
      quads = padded;
    }
    if (width == 1) {
      ELBO4J_SIMD for (int r = 0; r < rows; r++) sums_[r] = (T)(quads[r] + 0.0f);
      return;
    }
    alignas(64) double sums[tile_floats / 4];
    int count = rows * width / 2;
    add_pairs(sums, quads, count);
    while (count > rows) {
      count /= 2;
      add_pairs(sums, sums, count);
    }
    // Lanes start from +0, which shows only in a sum of nothing but -0.
    ELBO4J_SIMD for (int r = 0; r < rows; r++) sums_[r] = (T)(sums[r] + 0.0);
  }

  alignas(64) double lanes_[lanes];
  alignas(64) T sums_[tile_rows];
};

using RowSums = RowSumsOf<float>;

}  // namespace elbo4j::ELBO4J_LEVEL
