// Moving rows: copy, add, fill, gather (target[r] = source[indices[r]]) and its gradient scatter_add
// (target[indices[r]] += source[r], r ascending: indices may repeat, so it is split by columns, never by rows).
// Matrices rows x columns. copy and gather move 8 bytes per element, add and scatter_add 12, fill 4.
// Compiled for sm_90: at most 32 registers, scatter_add 48, no spills, 5 to 8 instructions per element (aligned).
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

// live: {position}, added to the pointer; or null.
struct Indices {
  const int32_t* data;
  const int64_t* live;

  __device__ const int32_t* here() const {
    return live ? data + __ldg(reinterpret_cast<const long long*>(live)) : data;
  }
};

struct Gather {
  Input source;
  Indices indices;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const int64_t from = __ldg(indices.here() + row);
    store<ALIGNED>(target.row(row), column, columns, load<ALIGNED>(source.row(from), column, columns));
  }
};

// Several rows at once, so that their loads overlap; what an earlier one of them adds to is taken from there.
constexpr int rows_at_once = 8;

__global__ void __launch_bounds__(row_threads)
    scatter_add_to_columns(Input source, Indices indices, int64_t count, Output target, int64_t columns) {
  const int32_t* rows = indices.here();
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

}  // namespace elbo4j::cuda

using namespace elbo4j::cuda;

int elbo4j_cuda_copy(int source_type, const void* source, int64_t source_stride, int target_type, void* target,
                     int64_t target_stride, int64_t rows, int64_t columns, void* stream) {
  Stored from{source, source_stride}, to{target, target_stride};
  flatten(rows, columns, from, to);
  const bool same = source_type == target_type, quads = same && aligned(source_type, columns, {from, to});
  const auto copy = [&](auto element) {
    using T = decltype(element);
    return Copy<T>{input<T>(source_type, source, from.stride), output<T>(target_type, target, to.stride), columns};
  };
  if (same && source_type == elbo4j::spec::FLOAT32) return map_rows(copy(float{}), quads, rows, columns, stream);
  return with_element(source_type, quads, [&](auto element) {
    return map_stored_rows<decltype(element)>(copy(element), rows, columns, stream);
  });
}

int elbo4j_cuda_add(const float* source, int64_t source_stride, float* target, int64_t target_stride, int64_t rows,
                    int64_t columns, void* stream) {
  Input from{source, source_stride};
  Output to{target, target_stride};
  flatten(rows, columns, from, to);
  return map_rows(Add{from, to, columns}, aligned(columns, {from, to}), rows, columns, stream);
}

int elbo4j_cuda_fill(float value, float* target, int64_t target_stride, int64_t rows, int64_t columns, void* stream) {
  Output to{target, target_stride};
  flatten(rows, columns, to);
  return map_rows(Fill{value, to, columns}, aligned(columns, {to}), rows, columns, stream);
}

int elbo4j_cuda_gather(const float* source, int64_t source_stride, const int32_t* indices, const int64_t* live,
                       float* target, int64_t target_stride, int64_t rows, int64_t columns, void* stream) {
  const Input from{source, source_stride};
  const Output to{target, target_stride};
  return map_rows(Gather{from, Indices{indices, live}, to, columns}, aligned(columns, {from, to}), rows, columns,
                  stream);
}

int elbo4j_cuda_scatter_add(const float* source, int64_t source_stride, const int32_t* indices, const int64_t* live,
                            int64_t count, float* target, int64_t target_stride, int64_t columns, void* stream) {
  return launch(scatter_add_to_columns, dim3(blocks_for(columns, row_threads)), dim3(row_threads), stream,
                Input{source, source_stride}, Indices{indices, live}, count, Output{target, target_stride}, columns);
}
