// Random matrices, every element a function of (seed, draw, first row + row, column): standard normals, uniforms low +
// (high - low) u, and Bernoulli draws u < probability ? 1 : 0 (NaN stays NaN), u in [0, 1). rows x columns. The first
// two move 4 bytes per element, the last 8.
// Compiled for sm_90, aligned: 23, 28 and 28 registers, no spills, 64, 42 and 46 instructions per element, all counted.
#include "binarise_forward.h"
#include "noise.h"
#include "random_fill_normal.h"
#include "random_fill_uniform.h"
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

int random_fill_normal(const elbo4j_random_fill_normal& a, void* stream) {
  const Output target = output(a.target);
  const int64_t columns = a.target.columns;
  return map_rows(Normal{Noise(a.noise), target, columns}, aligned(columns, {target}), a.target.rows, columns, stream);
}

int random_fill_uniform(const elbo4j_random_fill_uniform& a, void* stream) {
  const Output target = output(a.target);
  const int64_t columns = a.target.columns;
  return map_rows(Uniform{Noise(a.noise), a.low, a.high - a.low, target, columns}, aligned(columns, {target}),
                  a.target.rows, columns, stream);
}

int binarise_forward(const elbo4j_binarise_forward& a, void* stream) {
  const Input probability = input(a.probability);
  const Output target = output(a.target);
  const int64_t columns = a.target.columns;
  return map_rows(Binarise{probability, Noise(a.noise), target, columns}, aligned(columns, {probability, target}),
                  a.target.rows, columns, stream);
}

}  // namespace elbo4j::cuda
