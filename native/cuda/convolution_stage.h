// What a tile of matmul_tile.h multiplies where the operands are no matrices: a walk says where each step of a product
// lies.
//   Step                              from 0 on
//   advance(Step&, int steps)
//   const float* at(const Step&)
// Stages lie in shared memory as those of matmul_stage.h do.
#pragma once
#include "matmul_neighbours.h"
#include "matmul_tile.h"

namespace elbo4j::cuda {

// Steps are neighbours in memory, an index has its own walk. QUADS: four steps from a multiple of four on can be
// accessed in 16 bytes.
template <int SIZE, int DEPTH, int THREADS, bool QUADS, class Walk> class StepStage {
  static constexpr int quads = SIZE * DEPTH / 4 / THREADS, span = 4 * THREADS / SIZE;
  static_assert(quads * 4 * THREADS == SIZE * DEPTH && span % 8 == 0, "every thread has the same work, at one index");

 public:
  static __device__ __forceinline__ int index_of(int thread) { return thread / 2 % SIZE; }

  // The walk of index_of(thread), if there is one.
  __device__ __forceinline__ StepStage(const Walk& from, bool exists, int thread)
      : walk(from), exists(exists), index(index_of(thread)), first(thread % 2 * 4 + thread / (2 * SIZE) * 8) {
#pragma unroll
    for (int q = 0; q < quads; q++) step[q] = {}, walk.advance(step[q], first + q * span);
  }

  // The next steps, of which there are `steps`.
  __device__ __forceinline__ void load(int steps) {
#pragma unroll
    for (int q = 0; q < quads; q++) {
      const int left = exists ? steps - first - q * span : 0;
      if constexpr (QUADS) {
        float4 v = make_float4(0, 0, 0, 0);
        if (left > 0) v = __ldg(reinterpret_cast<const float4*>(walk.at(step[q])));
        quad[q] = Quad{{v.x, v.y, v.z, v.w}};
      } else {
        auto s = step[q];
#pragma unroll
        for (int i = 0; i < 4; i++) {
          quad[q].e[i] = i < left ? __ldg(walk.at(s)) : 0.0f;
          walk.advance(s, 1);
        }
      }
      walk.advance(step[q], DEPTH);
    }
  }

  __device__ __forceinline__ void store(StageRow<SIZE>* rows) const {
#pragma unroll
    for (int q = 0; q < quads; q++)
#pragma unroll
      for (int i = 0; i < 4; i++) rows[first + q * span + i].e[index] = quad[q].e[i];
  }

 private:
  const Walk walk;
  const bool exists;
  const int index, first;
  typename Walk::Step step[quads];
  Quad quad[quads];
};

// Indices are neighbours in memory, and share a walk. Whether they are aligned is asked at each access, as instances
// for both would be twice the code.
template <int SIZE, int DEPTH, int THREADS, class Walk> class IndexStage {
  static constexpr int quads = SIZE * DEPTH / 4 / THREADS, span = 4 * THREADS / SIZE;
  static_assert(quads * 4 * THREADS == SIZE * DEPTH && span * quads == DEPTH, "every thread has the same work");

 public:
  // The walk of the tile's first index, from which on there are `indices`.
  __device__ __forceinline__ IndexStage(const Walk& from, int indices, bool aligned, int thread)
      : walk(from),
        index(thread % (SIZE / 4) * 4),
        first(thread / (SIZE / 4)),
        left(indices - index),
        aligned(aligned) {
#pragma unroll
    for (int q = 0; q < quads; q++) step[q] = {}, walk.advance(step[q], first + q * span);
  }

  __device__ __forceinline__ void load(int steps) {
#pragma unroll
    for (int q = 0; q < quads; q++) {
      float v[4] = {};
      if (first + q * span < steps && left > 0) load_neighbours(walk.at(step[q]) + index, left, aligned, v);
      quad[q] = Quad{{v[0], v[1], v[2], v[3]}};
      walk.advance(step[q], DEPTH);
    }
  }

  __device__ __forceinline__ void store(StageRow<SIZE>* rows) const {
#pragma unroll
    for (int q = 0; q < quads; q++) {
      const Quad& v = quad[q];
      *reinterpret_cast<float4*>(rows[first + q * span].e + index) = make_float4(v.e[0], v.e[1], v.e[2], v.e[3]);
    }
  }

 private:
  const Walk walk;
  const int index, first, left;
  const bool aligned;
  typename Walk::Step step[quads];
  Quad quad[quads];
};

// The chains of a thread, of `total` steps, 1 at least.
template <class T, class A, class B>
__device__ __forceinline__ void run_steps(Stages<T>& stages, A& a, B& b, int total, const Place<T>& place,
                                          ThreadTile<T>& sum) {
  const auto steps_from = [&](int step) { return total - step < T::depth ? total - step : T::depth; };
  const auto load = [&](int step) { a.load(steps_from(step)), b.load(steps_from(step)); };
  const auto store = [&](int buffer) {
    a.store(stages.a[buffer]), b.store(stages.b[buffer]);
    __syncthreads();
  };
  load(0);
  store(0);
  int buffer = 0;
  for (int step = 0; step < total; step += T::depth) {
    const int steps = steps_from(step), next = step + T::depth;
    if (next < total) load(next);
    const StageRow<T::rows>* a_rows = stages.a[buffer];
    const StageRow<T::columns>* b_rows = stages.b[buffer];
#pragma unroll(T::unroll)
    for (int s = 0; s < steps; s++) {
      float x[T::thread_rows], y[T::thread_columns];
      read_fragment<T::thread_rows, 4>(a_rows[s].e + place.row, x);
      read_fragment<T::thread_columns, 8>(b_rows[s].e + place.column, y);
      for_each_output<T>([&](int i, int j) { sum[i][j] = spec::fma(x[i], y[j], sum[i][j]); });
    }
    buffer ^= 1;
    if (next < total) store(buffer);
  }
}

}  // namespace elbo4j::cuda
