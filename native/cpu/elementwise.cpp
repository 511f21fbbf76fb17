// Elementwise functions: activations, their gradients, and maps. y = f(x) moves 8 bytes per element, dx = dy f'(x) 12;
// x, y, dx, dy rows x columns. x is what the activation was applied to. f' comes from exp(-|x|) itself and not from y,
// so that it does not cancel where y is near its limits:
//   sigmoid' = e r^2 with e = exp(-|x|), r = 1 / (1 + e);  tanh' = 4 e r^2 with e = exp(-2|x|);  softplus' = sigmoid
// y may be x, and dx may be dy or x.
#include "elementwise_apply.h"
#include "elementwise_gradient.h"
#include "elementwise_map.h"
#include "exp.h"
#include "gelu.h"
#include "log.h"
#include "relu.h"
#include "sigmoid.h"
#include "softplus.h"
#include "tanh.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

// In the order of io.elbo4j.Activation and io.elbo4j.ScalarFunction.
enum Activation { IDENTITY, RELU, TANH, SIGMOID, SOFTPLUS, GELU };
enum Function { EXP, LOG, SQRT };

template <class F> void apply(const Input& x, const Output& y, int64_t columns, int64_t begin, int64_t end, F f) {
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer x_buffer, y_buffer;
    const float* from = x.tile(tile, x_buffer);
    float* to = y.tile(tile, y_buffer);
    const int size = tile.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = f(from[i]);
    y.commit(tile, y_buffer);
  });
}

template <class F>
void apply(const Input& x, const Input& dy, const Output& dx, int64_t columns, int64_t begin, int64_t end, F f) {
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer x_buffer, dy_buffer, dx_buffer;
    const float *at = x.tile(tile, x_buffer), *from = dy.tile(tile, dy_buffer);
    float* to = dx.tile(tile, dx_buffer);
    const int size = tile.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = f(at[i], from[i]);
    dx.commit(tile, dx_buffer);
  });
}

// sigmoid(x) (1 - sigmoid(x)) from minus_size = -|x|
inline __attribute__((always_inline)) float sigmoid_slope(float minus_size) {
  const float decay = spec::exp_nonpositive(minus_size);
  const float reciprocal = spec::reciprocal_1_2(1.0f + decay);
  return (decay * reciprocal) * reciprocal;
}

}  // namespace

#define ELBO4J_FUNCTION(name) [](float value) { return spec::name(value); }

void elementwise_apply(const elbo4j_elementwise_apply& a, int64_t begin, int64_t end) {
  const Input x = float_input(a.x);
  const Output y = float_output(a.y);
  const int64_t columns = a.x.columns;
  switch (a.function) {
    case IDENTITY:
      return apply(x, y, columns, begin, end, [](float value) { return value; });
    case RELU:
      return apply(x, y, columns, begin, end, ELBO4J_FUNCTION(relu));
    case TANH:
      return apply(x, y, columns, begin, end, ELBO4J_FUNCTION(tanh));
    case SIGMOID:
      return apply(x, y, columns, begin, end, ELBO4J_FUNCTION(sigmoid));
    case SOFTPLUS:
      return apply(x, y, columns, begin, end, ELBO4J_FUNCTION(softplus));
    case GELU:
      return apply(x, y, columns, begin, end, ELBO4J_FUNCTION(gelu));
  }
}

void elementwise_gradient(const elbo4j_elementwise_gradient& a, int64_t begin, int64_t end) {
  const Input x = float_input(a.x), dy = float_input(a.dy);
  const Output dx = float_output(a.dx);
  const int64_t columns = a.x.columns;
  switch (a.function) {
    case IDENTITY:
      return apply(dy, dx, columns, begin, end, [](float g) { return g; });
    case RELU:
      return apply(x, dy, dx, columns, begin, end, [](float v, float g) { return v <= 0.0f ? 0.0f : g; });
    case TANH:
      return apply(x, dy, dx, columns, begin, end,
                   [](float v, float g) { return g * (4.0f * sigmoid_slope(-2.0f * spec::absolute(v))); });
    case SIGMOID:
      return apply(x, dy, dx, columns, begin, end,
                   [](float v, float g) { return g * sigmoid_slope(-spec::absolute(v)); });
    case SOFTPLUS:
      return apply(x, dy, dx, columns, begin, end, [](float v, float g) { return g * spec::sigmoid(v); });
    case GELU:
      return apply(x, dy, dx, columns, begin, end, [](float v, float g) { return g * spec::gelu_gradient(v); });
  }
}

void elementwise_map(const elbo4j_elementwise_map& a, int64_t begin, int64_t end) {
  const Input x = float_input(a.x);
  const Output y = float_output(a.y);
  const int64_t columns = a.x.columns;
  switch (a.function) {
    case EXP:
      return apply(x, y, columns, begin, end, ELBO4J_FUNCTION(exp));
    case LOG:
      return apply(x, y, columns, begin, end, ELBO4J_FUNCTION(log));
    case SQRT:
      return apply(x, y, columns, begin, end, [](float value) { return __builtin_sqrtf(value); });
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
