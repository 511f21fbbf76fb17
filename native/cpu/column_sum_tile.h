// Sums over the batch of the elements of tiles: the rows are cut into 1, 2, 4 or 8 chunks, as the operation says, each
// is one chain of float additions from +0 in row order, and neighbouring chunks are added, 8 -> 4 -> 2 -> 1.
#pragma once
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

// Leaves the sum in the first of them.
static inline void add_chunks(float (&sums)[8][tile_floats], int chunks, int columns) {
  for (int count = chunks / 2; count > 0; count /= 2)
    for (int chunk = 0; chunk < count; chunk++)
      ELBO4J_SIMD for (int i = 0; i < columns; i++) sums[chunk][i] = sums[2 * chunk][i] + sums[2 * chunk + 1][i];
}

// values(tile, elements) computes the elements of a tile; result(column, sum) takes the sum of one of [begin, end).
template <class Values, class Result>
static inline void column_sums_of(int64_t rows, int chunks, int64_t begin, int64_t end, Values values, Result result) {
  // all of a tile in one row: narrower pieces of rows that lie far apart are read at half the speed
  constexpr int block = tile_floats;
  for (int64_t column = begin; column < end; column += block) {
    const int columns = (int)smaller<int64_t>(block, end - column);
    const int width = round_up(columns, 4);
    alignas(64) float sums[8][block];
    for (int chunk = 0; chunk < chunks; chunk++) {
      float* sum = sums[chunk];
      for (int i = 0; i < columns; i++) sum[i] = 0.0f;
      const int64_t chunk_end = (chunk + 1) * rows / chunks;
      const int tile_height = smaller<int>(tile_floats / width, tile_rows);
      for (int64_t row = chunk * rows / chunks; row < chunk_end; row += tile_height) {
        Buffer elements;
        const Tile tile{row, (int)smaller<int64_t>(tile_height, chunk_end - row), column, columns, width, true};
        values(tile, elements.data);
        for (int r = 0; r < tile.rows; r++) {
          const float* element = elements.data + r * width;
          ELBO4J_SIMD for (int i = 0; i < columns; i++) sum[i] += element[i];
        }
      }
    }
    add_chunks(sums, chunks, columns);
    for (int i = 0; i < columns; i++) result(column + i, sums[0][i]);
  }
}

// The same of K values of each element: add(row, rows, column, columns, sums) adds those of at most rows_together rows,
// in row order, to sums[K], each of `columns` numbers; result(k, column, sum) takes one.
enum : int { rows_together = 4 };

template <int K, class Add, class Result>
static inline void column_sums_by_rows(int64_t rows, int chunks, int64_t begin, int64_t end, Add add, Result result) {
  for (int64_t column = begin; column < end; column += tile_floats) {
    const int columns = (int)smaller<int64_t>(tile_floats, end - column);
    alignas(64) float sums[K][8][tile_floats];
    for (int chunk = 0; chunk < chunks; chunk++) {
      float* of_chunk[K];
      for (int k = 0; k < K; k++) {
        of_chunk[k] = sums[k][chunk];
        for (int i = 0; i < columns; i++) of_chunk[k][i] = 0.0f;
      }
      const int64_t chunk_end = (chunk + 1) * rows / chunks;
      for (int64_t row = chunk * rows / chunks; row < chunk_end; row += rows_together)
        add(row, (int)smaller<int64_t>(rows_together, chunk_end - row), column, columns, of_chunk);
    }
    for (int k = 0; k < K; k++) {
      add_chunks(sums[k], chunks, columns);
      for (int i = 0; i < columns; i++) result(k, column + i, sums[k][0][i]);
    }
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
