// Random matrices, every element a function of (seed, draw, first row + row, column): standard normals, uniforms low +
// (high - low) u, and Bernoulli draws u < probability ? 1 : 0 (NaN stays NaN), u in [0, 1). rows x columns. The first
// two move 4 bytes per element, the last 8.
// Compiled for sm_90, aligned: 23, 28 and 28 registers, no spills, 64, 42 and 46 instructions per element, all counted.
#include "noise.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

struct Normal {
  Noise noise;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    store<ALIGNED>(target.row(row), column, columns, noise.normals(row, column));
  }
};

struct Uniform {
  Noise noise;
  float low, range;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad u = noise.uniforms(row, column);
#pragma unroll
    for (int i = 0; i < 4; i++) u.e[i] = spec::fma(range, u.e[i], low);
    store<ALIGNED>(target.row(row), column, columns, u);
  }
};

struct Binarise {
  Input probability;
  Noise noise;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad p = load<ALIGNED>(probability.row(row), column, columns);
    const Quad u = noise.uniforms(row, column);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float drawn = u.e[i] < p.e[i] ? 1.0f : 0.0f;
      p.e[i] = p.e[i] != p.e[i] ? p.e[i] : drawn;
    }
    store<ALIGNED>(target.row(row), column, columns, p);
  }
};

}  // namespace

}  // namespace elbo4j::cuda

using namespace elbo4j::cuda;

int elbo4j_cuda_normal(int64_t seed, int64_t draw, int64_t first_row, const int64_t* live, float* target,
                       int64_t target_stride, int64_t rows, int64_t columns, void* stream) {
  const Output out{target, target_stride};
  return map_rows(Normal{Noise(seed, draw, first_row, live), out, columns}, aligned(columns, {out}), rows, columns,
                  stream);
}

int elbo4j_cuda_uniform(int64_t seed, int64_t draw, int64_t first_row, const int64_t* live, float low, float high,
                        float* target, int64_t target_stride, int64_t rows, int64_t columns, void* stream) {
  const Output out{target, target_stride};
  return map_rows(Uniform{Noise(seed, draw, first_row, live), low, high - low, out, columns}, aligned(columns, {out}),
                  rows, columns, stream);
}

int elbo4j_cuda_binarise(const float* probability, int64_t probability_stride, int64_t seed, int64_t draw,
                         int64_t first_row, const int64_t* live, float* target, int64_t target_stride, int64_t rows,
                         int64_t columns, void* stream) {
  const Input in{probability, probability_stride};
  const Output out{target, target_stride};
  return map_rows(Binarise{in, Noise(seed, draw, first_row, live), out, columns}, aligned(columns, {in, out}), rows,
                  columns, stream);
}
