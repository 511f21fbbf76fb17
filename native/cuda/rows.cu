// Moving rows: copy, add, fill, gather (target[r] = source[indices[r]]) and its gradient scatter_add
// (target[indices[r]] += source[r], r ascending: indices may repeat, so it is split by columns, never by rows).
// An axis of n put before the last inner rows: repeat, and its gradient,
//   repeat        target[o, k, i] = source[o, i] for k < n, i < inner
//   sum_repeated  target[o, i] = ((source[o, 0, i] + source[o, 1, i]) + source[o, 2, i]) + ...
// Matrices rows x columns. copy and gather move 8 bytes per element, gather of bytes 5, add and scatter_add 12, fill 4,
// repeat and sum_repeated 4 per element of each matrix: what repeat reads again is in a cache.
// Compiled for sm_90: at most 48 registers (scatter_add), no spills, 5 to 8 instructions per element (aligned).
#include "rows_add.h"
#include "rows_copy.h"
#include "rows_fill.h"
#include "rows_gather.h"
#include "rows_repeat.h"
#include "rows_scatter.h"
#include "rows_scatter_add.h"
#include "rows_sum_repeated.h"
#include "stored.h"

namespace elbo4j::cuda {

namespace {

template <class T> struct Copy {
  InputOf<T> source;
  OutputOf<T> target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    store<ALIGNED>(target.row(row), column, columns, load<ALIGNED>(source.row(row), column, columns));
  }
};

struct Add {
  Input source;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const Quad added = load_own<ALIGNED>(source.row(row), column, columns);
    Quad sum = load_own<ALIGNED>(target.row(row), column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) sum.e[i] = sum.e[i] + added.e[i];
    store<ALIGNED>(target.row(row), column, columns, sum);
  }
};

struct Fill {
  float value;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    store<ALIGNED>(target.row(row), column, columns, Quad{{value, value, value, value}});
  }
};

__device__ inline const int32_t* here(const elbo4j_indices& indices) {
  const int64_t position =
      indices.live ? (int64_t)__ldg(reinterpret_cast<const long long*>(indices.live)) : indices.position;
  return indices.data + position;
}

struct Gather {
  Input source;
  elbo4j_indices indices;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const int64_t from = __ldg(here(indices) + row);
    store<ALIGNED>(target.row(row), column, columns, load<ALIGNED>(source.row(from), column, columns));
  }
};

struct GatherBytes {
  InputOf<uint8_t> source;
  elbo4j_indices indices;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const uint8_t* from = source.row(__ldg(here(indices) + row)) + column;
    const uint32_t word = ALIGNED ? __ldg(reinterpret_cast<const uint32_t*>(from)) : 0;
    Quad q;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const uint32_t single = !ALIGNED && column + i < columns ? __ldg(from + i) : 0;
      q.e[i] = (float)(ALIGNED ? word >> 8 * i & 0xff : single);
    }
    store<ALIGNED>(target.row(row), column, columns, q);
  }
};

struct Repeat {
  Input source;
  int64_t inner, spread;  // n inner rows of the target for inner of the source
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const int64_t from = inner == 1 ? row / spread : row / spread * inner + row % inner;
    store<ALIGNED>(target.row(row), column, columns, load<ALIGNED>(source.row(from), column, columns));
  }
};

struct SumRepeated {
  Input source;
  int64_t n, inner;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const int64_t first = inner == 1 ? row * n : row / inner * n * inner + row % inner;
    Quad sum = load<ALIGNED>(source.row(first), column, columns);
#pragma unroll 4
    for (int64_t k = 1; k < n; k++) {
      const Quad added = load<ALIGNED>(source.row(first + k * inner), column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) sum.e[i] = sum.e[i] + added.e[i];
    }
    store<ALIGNED>(target.row(row), column, columns, sum);
  }
};

// A thread keeps the order of the rows of its column: of those with one number the last one stays.
__global__ void __launch_bounds__(row_threads)
    scatter_to_columns(Input source, elbo4j_indices indices, int64_t count, Output target, int64_t columns) {
  const int32_t* rows = here(indices);
  for (int64_t column = (int64_t)blockIdx.x * row_threads + threadIdx.x; column < columns;
       column += (int64_t)gridDim.x * row_threads)
    for (int64_t r = 0; r < count; r++) target.row(__ldg(rows + r))[column] = __ldg(source.row(r) + column);
}

// Several rows at once, so that their loads overlap; what an earlier one of them adds to is taken from there.
constexpr int rows_at_once = 8;

__global__ void __launch_bounds__(row_threads)
    scatter_add_to_columns(Input source, elbo4j_indices indices, int64_t count, Output target, int64_t columns) {
  const int32_t* rows = here(indices);
  for (int64_t column = (int64_t)blockIdx.x * row_threads + threadIdx.x; column < columns;
       column += (int64_t)gridDim.x * row_threads) {
    for (int64_t r = 0; r < count; r += rows_at_once) {
      int row[rows_at_once];
      float sum[rows_at_once], added[rows_at_once];
#pragma unroll
      for (int i = 0; i < rows_at_once; i++) {
        const bool some = r + i < count;
        row[i] = some ? __ldg(rows + r + i) : -1;
        sum[i] = some ? target.row(row[i])[column] : 0.0f;
        added[i] = some ? __ldg(source.row(r + i) + column) : 0.0f;
      }
#pragma unroll
      for (int i = 0; i < rows_at_once; i++) {
#pragma unroll
        for (int j = 0; j < i; j++)
          if (row[j] == row[i]) sum[i] = sum[j];
        sum[i] = sum[i] + added[i];
      }
#pragma unroll
      for (int i = 0; i < rows_at_once; i++)
        if (row[i] >= 0) target.row(row[i])[column] = sum[i];
    }
  }
}

}  // namespace

int rows_copy(const elbo4j_rows_copy& a, void* stream) {
  elbo4j_matrix from = a.source, to = a.target;
  int64_t rows = to.rows, columns = to.columns;
  flatten(rows, columns, from, to);
  const bool same = from.type == to.type, quads = same && aligned(columns, {&from, &to});
  const auto copy = [&](auto element) {
    using T = decltype(element);
    return Copy<T>{stored_input<T>(from), stored_output<T>(to), columns};
  };
  if (same && from.type == spec::FLOAT32) return map_rows(copy(float{}), quads, rows, columns, stream);
  return with_element(from.type, quads, [&](auto element) {
    return map_stored_rows<decltype(element)>(copy(element), rows, columns, stream);
  });
}

int rows_add(const elbo4j_rows_add& a, void* stream) {
  Input from = input(a.source);
  Output to = output(a.target);
  int64_t rows = a.target.rows, columns = a.target.columns;
  flatten(rows, columns, from, to);
  return map_rows(Add{from, to, columns}, aligned(columns, {from, to}), rows, columns, stream);
}

int rows_fill(const elbo4j_rows_fill& a, void* stream) {
  Output to = output(a.target);
  int64_t rows = a.target.rows, columns = a.target.columns;
  flatten(rows, columns, to);
  return map_rows(Fill{a.value, to, columns}, aligned(columns, {to}), rows, columns, stream);
}

int rows_gather(const elbo4j_rows_gather& a, void* stream) {
  const Output to = output(a.target);
  const int64_t columns = a.target.columns;
  if (a.source.type == spec::UINT8) {
    const InputOf<uint8_t> bytes{static_cast<const uint8_t*>(a.source.data), a.source.stride};
    const bool words = (reinterpret_cast<intptr_t>(bytes.data) | bytes.stride) % 4 == 0;
    return map_rows(GatherBytes{bytes, a.indices, to, columns}, words && aligned(columns, {to}), a.target.rows, columns,
                    stream);
  }
  const Input from = input(a.source);
  return map_rows(Gather{from, a.indices, to, columns}, aligned(columns, {from, to}), a.target.rows, columns, stream);
}

int rows_repeat(const elbo4j_rows_repeat& a, void* stream) {
  const Input from = input(a.source);
  const Output to = output(a.target);
  const int64_t columns = a.target.columns, spread = a.target.samples_of(a.source) * a.inner;
  return map_rows(Repeat{from, a.inner, spread, to, columns}, aligned(columns, {from, to}), a.target.rows, columns,
                  stream);
}

int rows_sum_repeated(const elbo4j_rows_sum_repeated& a, void* stream) {
  const Input from = input(a.source);
  const Output to = output(a.target);
  const int64_t columns = a.target.columns;
  return map_rows(SumRepeated{from, a.source.samples_of(a.target), a.inner, to, columns}, aligned(columns, {from, to}),
                  a.target.rows, columns, stream);
}

int rows_scatter(const elbo4j_rows_scatter& a, void* stream) {
  const int64_t columns = a.target.columns;
  return launch(scatter_to_columns, dim3(blocks_for(columns, row_threads)), dim3(row_threads), stream, input(a.source),
                a.indices, a.source.rows, output(a.target), columns);
}

int rows_scatter_add(const elbo4j_rows_scatter_add& a, void* stream) {
  const int64_t columns = a.target.columns;
  return launch(scatter_add_to_columns, dim3(blocks_for(columns, row_threads)), dim3(row_threads), stream,
                input(a.source), a.indices, a.source.rows, output(a.target), columns);
}

}  // namespace elbo4j::cuda
