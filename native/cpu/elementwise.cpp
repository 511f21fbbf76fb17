// Elementwise functions: activations, their gradients, and maps. y = f(x) moves 8 bytes per element, dx = dy f'(x) 12;
// x, y, dx, dy rows x columns. x is what the activation was applied to. f' comes from exp(-|x|) itself and not from y,
// so that it does not cancel where y is near its limits:
//   sigmoid' = e r^2 with e = exp(-|x|), r = 1 / (1 + e);  tanh' = 4 e r^2 with e = exp(-2|x|);  softplus' = sigmoid
// y may be x, and dx may be dy or x.
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

void activation(int activation, const float* x, int64_t x_stride, float* y, int64_t y_stride, int64_t columns,
                int64_t begin, int64_t end) {
  const Input from{x, x_stride};
  const Output to{y, y_stride};
  switch (activation) {
    case IDENTITY:
      return apply(from, to, columns, begin, end, [](float value) { return value; });
    case RELU:
      return apply(from, to, columns, begin, end, ELBO4J_FUNCTION(relu));
    case TANH:
      return apply(from, to, columns, begin, end, ELBO4J_FUNCTION(tanh));
    case SIGMOID:
      return apply(from, to, columns, begin, end, ELBO4J_FUNCTION(sigmoid));
    case SOFTPLUS:
      return apply(from, to, columns, begin, end, ELBO4J_FUNCTION(softplus));
    case GELU:
      return apply(from, to, columns, begin, end, ELBO4J_FUNCTION(gelu));
  }
}

void activation_gradient(int activation, const float* x, int64_t x_stride, const float* dy, int64_t dy_stride,
                         float* dx, int64_t dx_stride, int64_t columns, int64_t begin, int64_t end) {
  const Input at{x, x_stride}, from{dy, dy_stride};
  const Output to{dx, dx_stride};
  switch (activation) {
    case IDENTITY:
      return apply(from, to, columns, begin, end, [](float g) { return g; });
    case RELU:
      return apply(at, from, to, columns, begin, end, [](float v, float g) { return v <= 0.0f ? 0.0f : g; });
    case TANH:
      return apply(at, from, to, columns, begin, end,
                   [](float v, float g) { return g * (4.0f * sigmoid_slope(-2.0f * spec::absolute(v))); });
    case SIGMOID:
      return apply(at, from, to, columns, begin, end,
                   [](float v, float g) { return g * sigmoid_slope(-spec::absolute(v)); });
    case SOFTPLUS:
      return apply(at, from, to, columns, begin, end, [](float v, float g) { return g * spec::sigmoid(v); });
    case GELU:
      return apply(at, from, to, columns, begin, end, [](float v, float g) { return g * spec::gelu_gradient(v); });
  }
}

void map(int function, const float* x, int64_t x_stride, float* y, int64_t y_stride, int64_t columns, int64_t begin,
         int64_t end) {
  const Input from{x, x_stride};
  const Output to{y, y_stride};
  switch (function) {
    case EXP:
      return apply(from, to, columns, begin, end, ELBO4J_FUNCTION(exp));
    case LOG:
      return apply(from, to, columns, begin, end, ELBO4J_FUNCTION(log));
    case SQRT:
      return apply(from, to, columns, begin, end, [](float value) { return __builtin_sqrtf(value); });
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
