// Gradient descent with momentum (Polyak 1964), the moving average of parameters (Polyak and Juditsky 1992), and
// gradients clamped element by element.
//   g = gradient scale + weightDecay p;  v = momentum v + g;  p -= stepSize v     (without v: p -= stepSize g)
//   target += share (x - target);  y = min(max(x, -limit), limit)
// All rows x columns. Moves 20 bytes per element (12 without momentum), 12, and 8.
#include "clip_value.h"
#include "float_operations.h"
#include "moving_average_update.h"
#include "sgd_update.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

void sgd_update(const elbo4j_sgd_update& u, int64_t begin, int64_t end) {
  const float step_size = u.step.step_size, momentum = u.step.momentum, weight_decay = u.step.weight_decay;
  const float scale = u.gradient_scale.data ? *u.gradient_scale.floats() : 1.0f;
  const int64_t columns = u.parameter.columns;
  for (int64_t r = begin; r < end; r++) {
    float* p = float_output(u.parameter).row(r);
    const float* gradient = float_input(u.gradient).row(r);
    if (u.velocity.data) {
      float* v = float_output(u.velocity).row(r);
      ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) {
        const float g = spec::fma(weight_decay, p[i], gradient[i] * scale);
        v[i] = spec::fma(momentum, v[i], g);
        p[i] = spec::fma(-step_size, v[i], p[i]);
      }
    } else {
      ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) {
        const float g = spec::fma(weight_decay, p[i], gradient[i] * scale);
        p[i] = spec::fma(-step_size, g, p[i]);
      }
    }
  }
}

void moving_average_update(const elbo4j_moving_average_update& a, int64_t begin, int64_t end) {
  const float share = a.share;
  const int64_t columns = a.target.columns;
  for (int64_t r = begin; r < end; r++) {
    const float* x = float_input(a.x).row(r);
    float* target = float_output(a.target).row(r);
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) target[i] = spec::fma(share, x[i] - target[i], target[i]);
  }
}

void clip_value(const elbo4j_clip_value& a, int64_t begin, int64_t end) {
  const float limit = a.limit;
  const int64_t columns = a.x.columns;
  for (int64_t r = begin; r < end; r++) {
    const float* x = float_input(a.x).row(r);
    float* y = float_output(a.y).row(r);
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) y[i] = spec::clamp_high(spec::clamp_low(x[i], -limit), limit);
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
