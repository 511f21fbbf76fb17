// One tile of C = A B, in any of the transpositions, by a block of threads. Every output is one chain of fma from +0,
// steps ascending; where the depth is the batch, one such chain for each of its chunks, added as a tree. Tiles, stages
// and groups only choose which chains run together. Steps are never padded: fma(0, 0, -0) is +0.
//
// A thread has THREAD_ROWS x THREAD_COLUMNS outputs in registers. Its operands come from shared memory, two stages
// deep: one is read while the next one is loaded. A GROUP of threads takes whole chunks: either it is the block, or a
// warp, so that the chunks of a small C fill the device and no group waits for another before the end.
#pragma once
#include "float_operations.h"
#include "matmul_stage.h"

namespace elbo4j::cuda {

template <int ROWS, int COLUMNS, int THREAD_ROWS, int THREAD_COLUMNS, int DEPTH, int GROUPS = 1> struct Tile {
  static constexpr int rows = ROWS, columns = COLUMNS, thread_rows = THREAD_ROWS, thread_columns = THREAD_COLUMNS;
  static constexpr int depth = DEPTH, groups = GROUPS;
  static constexpr int group_threads = ROWS / THREAD_ROWS * (COLUMNS / THREAD_COLUMNS);
  static constexpr int threads = GROUPS * group_threads;
  // Enough independent fma to hide what a loop costs; more would take the registers of resident blocks.
  static constexpr int unroll = 128 / (THREAD_ROWS * THREAD_COLUMNS) < 16 ? 128 / (THREAD_ROWS * THREAD_COLUMNS) : 16;
  static constexpr int row_vector = THREAD_ROWS < 4 ? THREAD_ROWS : 4;  // neighbouring outputs of a thread
  static constexpr int column_vector = THREAD_COLUMNS < 4 ? THREAD_COLUMNS : 4;
  static_assert(group_threads % 32 == 0 && (GROUPS == 1 || group_threads == 32), "a group is the block or a warp");
};

template <int SIZE> __host__ __device__ __forceinline__ int64_t parts_of(int64_t size) {
  return (size + SIZE - 1) / SIZE;
}

template <class T> struct Stages {
  StageRow<T::rows> a[2][T::depth];
  StageRow<T::columns> b[2][T::depth];
};

template <class T> union alignas(16) SharedMemory {
  Stages<T> stages[T::groups];
  float sums[T::groups == 1 ? 1 : T::groups][T::thread_rows][32][T::thread_columns];
};

// Where the outputs of a thread are in the tile: vectors of neighbours, the vectors of the 4 x 8 lanes of a warp side
// by side. Lanes 1 apart share columns and lanes 2 apart rows: what shared memory serves at once is then distinct.
template <class T> struct Place {
  int row, column;

  __device__ __forceinline__ explicit Place(int thread) {
    constexpr int warps_across = T::columns / (8 * T::thread_columns);
    const int lane = thread % 32, warp = thread / 32;
    row = warp / warps_across * (4 * T::thread_rows) + (lane % 2 + lane / 16 * 2) * T::row_vector;
    column = warp % warps_across * (8 * T::thread_columns) + lane / 2 % 8 * T::column_vector;
  }
  __device__ __forceinline__ int row_of(int i) const {
    return row + i / T::row_vector * (4 * T::row_vector) + i % T::row_vector;
  }
  __device__ __forceinline__ int column_of(int j) const {
    return column + j / T::column_vector * (8 * T::column_vector) + j % T::column_vector;
  }
};

// COUNT floats, in vectors that lie LANES vectors apart.
template <int COUNT, int LANES> __device__ __forceinline__ void read_fragment(const float* from, float (&to)[COUNT]) {
  if constexpr (COUNT == 1) {
    to[0] = *from;
  } else if constexpr (COUNT == 2) {
    const float2 v = *reinterpret_cast<const float2*>(from);
    to[0] = v.x, to[1] = v.y;
  } else {
#pragma unroll
    for (int i = 0; i < COUNT; i += 4) {
      const float4 v = *reinterpret_cast<const float4*>(from + i * LANES);
      to[i] = v.x, to[i + 1] = v.y, to[i + 2] = v.z, to[i + 3] = v.w;
    }
  }
}

template <class T> using ThreadTile = float[T::thread_rows][T::thread_columns];

template <class T, class F> __device__ __forceinline__ void for_each_output(F f) {
#pragma unroll
  for (int i = 0; i < T::thread_rows; i++)
#pragma unroll
    for (int j = 0; j < T::thread_columns; j++) f(i, j);
}

// The adjacent-first tree over the chunks of a group, as a binary counter: after chunk c, merge once for every trailing
// one bit of c, then park. LEVELS: log2 of the most chunks.
template <class T, int LEVELS> struct Chains {
  ThreadTile<T> sum = {};
  Chains<T, LEVELS - 1> above;  // whose sum is parked

  __device__ __forceinline__ void end_chunk(int chunk, bool last) { end_chunk(sum, chunk, last); }

  __device__ __forceinline__ void end_chunk(ThreadTile<T>& chain, int chunk, bool last) {
    if (chunk & 1) {
      for_each_output<T>([&](int i, int j) { chain[i][j] = above.sum[i][j] + chain[i][j]; });
      above.end_chunk(chain, chunk >> 1, last);
    } else if (!last) {
      for_each_output<T>([&](int i, int j) { above.sum[i][j] = chain[i][j], chain[i][j] = 0.0f; });
    }
  }
};

template <class T> struct Chains<T, 0> {
  ThreadTile<T> sum = {};

  __device__ __forceinline__ void end_chunk(int, bool) {}
  __device__ __forceinline__ void end_chunk(ThreadTile<T>&, int, bool) {}
};

// Steps [begin, end) of the chunks [first, last) of 2^log_chunks.
template <class T, bool A_STEP_MAJOR, bool B_STEP_MAJOR, int LEVELS>
__device__ __forceinline__ void run_chains(const Operand& a, const Operand& b, int64_t row, int64_t column,
                                           int64_t depth, int log_chunks, int first_chunk, int chunks,
                                           Stages<T>& stages, int thread, Chains<T, LEVELS>& chains) {
  const Place<T> place(thread);
  const auto bound = [&](int chunk) { return LEVELS == 0 ? (chunk ? depth : 0) : chunk * depth >> log_chunks; };
  const auto stage_steps = [](int64_t steps) { return steps < T::depth ? (int)steps : T::depth; };
  const auto barrier = [] {
    if constexpr (T::groups == 1)
      __syncthreads();
    else
      __syncwarp();
  };
  int64_t step = bound(first_chunk);
  const int64_t end = bound(first_chunk + chunks);
  Stage<T::rows, T::depth, T::group_threads, A_STEP_MAJOR> next_a(a, row, step, thread);
  Stage<T::columns, T::depth, T::group_threads, B_STEP_MAJOR> next_b(b, column, step, thread);
  const auto load = [&] {
    next_a.load(stage_steps(end - step));
    next_b.load(stage_steps(end - step));
  };
  const auto store = [&](int buffer) {
    next_a.store(stages.a[buffer]);
    next_b.store(stages.b[buffer]);
    barrier();
  };
  load();
  store(0);
  int buffer = 0;
  for (int chunk = 0; chunk < chunks; chunk++) {
    const int64_t chunk_end = bound(first_chunk + chunk + 1);
    while (step < chunk_end) {
      const int steps = stage_steps(chunk_end - step);
      step += steps;
      next_a.advance(steps);
      next_b.advance(steps);
      if (step < end) load();
      const StageRow<T::rows>* a_rows = stages.a[buffer];
      const StageRow<T::columns>* b_rows = stages.b[buffer];
#pragma unroll(T::unroll)
      for (int s = 0; s < steps; s++) {
        float x[T::thread_rows], y[T::thread_columns];
        read_fragment<T::thread_rows, 4>(a_rows[s].e + place.row, x);
        read_fragment<T::thread_columns, 8>(b_rows[s].e + place.column, y);
        for_each_output<T>([&](int i, int j) { chains.sum[i][j] = spec::fma(x[i], y[j], chains.sum[i][j]); });
      }
      buffer ^= 1;
      if (step < end) store(buffer);
    }
    chains.end_chunk(chunk, chunk == chunks - 1);
  }
}

// The tile whose element (0, 0) is (row, column) of C. finish(row, column, sums) takes neighbouring columns of a row;
// some of them, or all, may lie outside of C. LEVELS: 3 if the depth is the batch, in 2^log_chunks chunks, else 0.
template <class T, bool A_STEP_MAJOR, bool B_STEP_MAJOR, int LEVELS, class Finish>
__device__ __forceinline__ void multiply_tile(const Operand& a, const Operand& b, int64_t row, int64_t column,
                                              int64_t depth, int log_chunks, const Finish& finish) {
  __shared__ SharedMemory<T> shared;
  const int group = T::groups == 1 ? 0 : threadIdx.x / T::group_threads;
  const int thread = T::groups == 1 ? threadIdx.x : threadIdx.x % T::group_threads;
  const Place<T> place(thread);
  const auto finish_row = [&](int i, const float(&sums)[T::thread_columns]) {
#pragma unroll
    for (int j = 0; j < T::thread_columns; j += T::column_vector) {
      float vector[T::column_vector];
#pragma unroll
      for (int v = 0; v < T::column_vector; v++) vector[v] = sums[j + v];
      finish(row + place.row_of(i), column + place.column_of(j), vector);
    }
  };
  __syncthreads();  // the tile before this one may still be read
  if constexpr (T::groups == 1) {
    Chains<T, LEVELS> chains;
    run_chains<T, A_STEP_MAJOR, B_STEP_MAJOR>(a, b, row, column, depth, log_chunks, 0,
                                              LEVELS == 0 ? 1 : 1 << log_chunks, shared.stages[0], thread, chains);
#pragma unroll
    for (int i = 0; i < T::thread_rows; i++) finish_row(i, chains.sum[i]);
  } else {
    static_assert(T::groups == 4 && LEVELS == 3, "as many groups as chunks, or half as many");
    const int chunks = 1 << log_chunks, chunks_of_group = chunks > 4 ? chunks / 4 : 1;
    Chains<T, LEVELS - 2> chains;
    const int first = group * chunks_of_group;
    run_chains<T, A_STEP_MAJOR, B_STEP_MAJOR>(a, b, row, column, depth, log_chunks, first,
                                              first < chunks ? chunks_of_group : 0, shared.stages[group], thread,
                                              chains);
    __syncthreads();
    for_each_output<T>([&](int i, int j) { shared.sums[group][i][thread][j] = chains.sum[i][j]; });
    __syncthreads();
#pragma unroll
    for (int r = 0; r < T::thread_rows / T::groups; r++) {
      const int i = group * (T::thread_rows / T::groups) + r;
      float sums[T::thread_columns];
#pragma unroll
      for (int j = 0; j < T::thread_columns; j++) {
        const auto sum = [&](int g) { return shared.sums[g][i][thread][j]; };
        const float first_half = chunks > 1 ? sum(0) + sum(1) : sum(0);
        sums[j] = chunks > 2 ? first_half + (sum(2) + sum(3)) : first_half;
      }
      finish_row(i, sums);
    }
  }
}

}  // namespace elbo4j::cuda
