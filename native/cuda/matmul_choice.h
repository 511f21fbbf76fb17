// The tiles that multiply, and which of them for a product: the one with the least time for the busiest
// multiprocessor. The choice changes no bits.
//
// cycles: of a multiprocessor for one step of a tile, the most of
//   shared memory       (THREAD_ROWS + THREAD_COLUMNS) / 2 for each warp
//   instructions        (THREAD_ROWS THREAD_COLUMNS + loads) / 4 for each warp, and not less than for the warps of a
//                       quarter
//   second-level cache  4 (ROWS + COLUMNS) bytes at 23 bytes a cycle, an H200's share of 5.5 TB/s
// and a tenth for the rest. Predicted, not measured.
// blocks: resident on a multiprocessor at least, which bounds the registers.
#pragma once
#include "launch.h"
#include "matmul_tile.h"

namespace elbo4j::cuda {

struct LargestTile : Tile<128, 128, 8, 8, 8> {
  static constexpr double cycles = 138;
  static constexpr int blocks = 2;
};
struct LargeTile : Tile<64, 64, 8, 4, 16> {
  static constexpr double cycles = 38;
  static constexpr int blocks = 4;
};
struct MediumTile : Tile<32, 32, 2, 4, 32> {
  static constexpr double cycles = 13;
  static constexpr int blocks = 4;
};
struct SmallTile : Tile<16, 32, 2, 2, 64> {
  static constexpr double cycles = 9;
  static constexpr int blocks = 4;
};
struct SmallestTile : Tile<8, 16, 1, 2, 64> {
  static constexpr double cycles = 5;
  static constexpr int blocks = 8;
};

// Where the depth is the batch: the chunks one after the other, or a warp for one or two of them.
struct ChunkLoopTile : Tile<64, 64, 8, 4, 16> {
  static constexpr int blocks = 2;
  static double cycles(int) { return 38; }
};
struct ChunkWarpsTile : Tile<32, 32, 8, 4, 8, 4> {
  static constexpr int blocks = 3;
  static double cycles(int log_chunks) { return log_chunks == 0 ? 38 : log_chunks == 1 ? 19 : 12; }
};

// Of 1, 2, 4 or 8.
inline int log_of(int chunks) { return chunks == 8 ? 3 : chunks / 2; }

inline int64_t multiprocessors() {
  static const int count = [] {
    int device = 0, read = 0;
    const bool known = cudaGetDevice(&device) == cudaSuccess &&
                       cudaDeviceGetAttribute(&read, cudaDevAttrMultiProcessorCount, device) == cudaSuccess;
    return known && read > 0 ? read : 1;
  }();
  return count;
}

template <class T> int64_t tiles_of(int64_t rows, int64_t columns) {
  return parts_of<T::rows>(rows) * parts_of<T::columns>(columns);
}

inline double time_of(int64_t tiles, double cycles) { return (double)parts(tiles, multiprocessors()) * cycles; }

template <class T> double time_of(int64_t rows, int64_t columns) {
  return time_of(tiles_of<T>(rows, columns), T::cycles);
}

}  // namespace elbo4j::cuda
