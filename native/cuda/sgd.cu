// Gradient descent with momentum (Polyak 1964), the moving average of parameters (Polyak and Juditsky 1992), and
// gradients clamped element by element.
//   g = gradient scale + weightDecay p;  v = momentum v + g;  p -= stepSize v     (without v: p -= stepSize g)
//   target += share (x - target);  y = min(max(x, -limit), limit)
// All rows x columns. Moves 20 bytes per element (12 without momentum), 12, and 8.
// Compiled for sm_90: at most 40 registers, no spills.
#include "clip_value.h"
#include "float_operations.h"
#include "moving_average_update.h"
#include "rows.h"
#include "sgd_update.h"

namespace elbo4j::cuda {

namespace {

template <bool MOMENTUM> struct Sgd {
  Output parameter;
  Input gradient;
  Output velocity;
  elbo4j_sgd_step step;
  const float* gradient_scale;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad p = load_own<ALIGNED>(parameter.row(row), column, columns);
    Quad v = load<ALIGNED>(gradient.row(row), column, columns), before = {};
    if (MOMENTUM) before = load_own<ALIGNED>(velocity.row(row), column, columns);
    const float step_size = step.live ? spec::float_from_bits((uint32_t)*step.live) : step.step_size;
    const float scale = gradient_scale ? __ldg(gradient_scale) : 1.0f;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      v.e[i] = spec::fma(step.weight_decay, p.e[i], v.e[i] * scale);
      if (MOMENTUM) v.e[i] = spec::fma(step.momentum, before.e[i], v.e[i]);
      p.e[i] = spec::fma(-step_size, v.e[i], p.e[i]);
    }
    store<ALIGNED>(parameter.row(row), column, columns, p);
    if (MOMENTUM) store<ALIGNED>(velocity.row(row), column, columns, v);
  }
};

struct MovingAverage {
  float share;
  Input x;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const Quad at = load<ALIGNED>(x.row(row), column, columns);
    Quad q = load_own<ALIGNED>(target.row(row), column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) q.e[i] = spec::fma(share, at.e[i] - q.e[i], q.e[i]);
    store<ALIGNED>(target.row(row), column, columns, q);
  }
};

struct ClipValue {
  float limit;
  Input x;
  Output y;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad q = load_own<ALIGNED>(x.row(row), column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) q.e[i] = spec::clamp_high(spec::clamp_low(q.e[i], -limit), limit);
    store<ALIGNED>(y.row(row), column, columns, q);
  }
};

template <bool MOMENTUM> int update(const elbo4j_sgd_update& u, void* stream) {
  Output p = output(u.parameter), v = MOMENTUM ? output(u.velocity) : p;
  Input g = input(u.gradient);
  int64_t rows = u.parameter.rows, columns = u.parameter.columns;
  flatten(rows, columns, p, g, v);
  return map_rows(Sgd<MOMENTUM>{p, g, v, u.step, u.gradient_scale.floats(), columns}, aligned(columns, {p, g, v}), rows,
                  columns, stream);
}

}  // namespace

int sgd_update(const elbo4j_sgd_update& u, void* stream) {
  return u.velocity.data ? update<true>(u, stream) : update<false>(u, stream);
}

int moving_average_update(const elbo4j_moving_average_update& a, void* stream) {
  Input x = input(a.x);
  Output target = output(a.target);
  int64_t rows = a.target.rows, columns = a.target.columns;
  flatten(rows, columns, x, target);
  return map_rows(MovingAverage{a.share, x, target, columns}, aligned(columns, {x, target}), rows, columns, stream);
}

int clip_value(const elbo4j_clip_value& a, void* stream) {
  Input x = input(a.x);
  Output y = output(a.y);
  int64_t rows = a.x.rows, columns = a.x.columns;
  flatten(rows, columns, x, y);
  return map_rows(ClipValue{a.limit, x, y, columns}, aligned(columns, {x, y}), rows, columns, stream);
}

}  // namespace elbo4j::cuda
