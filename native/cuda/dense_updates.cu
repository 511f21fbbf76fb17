// The weight and bias gradients of several dense layers and Adam on both, in one launch.
//   dW = x^T dy, db = column sums of dy, in the chunks of the batch; then one step of Adam on the sums in registers
// x batch x inputs, dy batch x outputs. The bias is row `inputs` of the weight: its x is 1, and fma(1, dy, sum) is
// sum + dy. Every block finds the layer of its tile in a table. Moves 28 bytes per parameter, and per multiply-add what
// a matrix product does (matmul.cu).
//
// Compiled for sm_90: 32x32 by warps 167 registers, 64x64 by chunks 239, no spills; 86 % of the inner loop is fma.
#include <algorithm>

#include "adam_element.h"
#include "dense_update.h"
#include "matmul_choice.h"
#include "matmul_neighbours.h"
#include "matmul_tile.h"

namespace elbo4j::cuda {

namespace {

// A parameter of a layer and what belongs to it: a row of the weight or the bias.
struct Parameter {
  float *value, *gradient, *first_moment, *second_moment;

  __device__ __forceinline__ Parameter at(int64_t i) const {
    return {value + i, gradient + i, first_moment + i, second_moment + i};
  }
};

struct Layer {
  Operand x, dy;
  int64_t batch;
  int log_chunks;
  Parameter weight, bias;
  bool aligned;        // the parameters
  int64_t first_tile;  // of the launch's
};

constexpr int most_layers = 16;

struct Layers {
  Layer layer[most_layers];
  int count;
  int64_t tiles;
};
static_assert(sizeof(Layers) < 4000, "a kernel has 4 KiB of parameters");

struct Update {
  const Layer& layer;
  const elbo4j_adam_step& step;

  template <int N>
  __device__ __forceinline__ void operator()(int64_t row, int64_t column, const float (&sums)[N]) const {
    const int64_t inputs = layer.x.size, outputs = layer.dy.size, count = outputs - column;
    if (count <= 0 || row > inputs || (row == inputs && !layer.bias.value)) return;
    const Parameter all = row < inputs ? layer.weight.at(row * outputs + column) : layer.bias.at(column);
    store_neighbours(all.gradient, count, layer.aligned, sums);
    float value[N], first_moment[N], second_moment[N];
    load_neighbours(all.value, count, layer.aligned, value);
    load_neighbours(all.first_moment, count, layer.aligned, first_moment);
    load_neighbours(all.second_moment, count, layer.aligned, second_moment);
    // the step's live values are read where they are used: registers are all taken by the product
#pragma unroll
    for (int i = 0; i < N; i++) adam_element(value[i], first_moment[i], second_moment[i], sums[i], adam_step_of(step));
    store_neighbours(all.value, count, layer.aligned, value);
    store_neighbours(all.first_moment, count, layer.aligned, first_moment);
    store_neighbours(all.second_moment, count, layer.aligned, second_moment);
  }
};

template <class T>
__global__ void __launch_bounds__(T::threads, T::blocks) update_layers(Layers layers, elbo4j_adam_step step) {
  for (int64_t tile = blockIdx.x; tile < layers.tiles; tile += gridDim.x) {
    int i = 0;
    while (i + 1 < layers.count && tile >= layers.layer[i + 1].first_tile) i++;
    const Layer& layer = layers.layer[i];
    const int64_t across = parts_of<T::columns>(layer.dy.size), of_layer = tile - layer.first_tile;
    multiply_tile<T, true, true, 3>(layer.x, layer.dy, of_layer / across * T::rows, of_layer % across * T::columns,
                                    layer.batch, layer.log_chunks, Update{layer, step});
  }
}

Parameter parameter_of(const elbo4j_adam_update& u) {
  return {u.parameter.floats(), u.gradient.floats(), u.first_moment.floats(), u.second_moment.floats()};
}

Layer layer_of(const elbo4j_dense_update& u) {
  const elbo4j_matrix &x = u.gradient.a, &dy = u.gradient.d_c;
  Layer layer = {};
  layer.x = {x.floats(), x.stride, x.columns, aligned(x.columns, {input(x)})};
  layer.dy = {dy.floats(), dy.stride, dy.columns, aligned(dy.columns, {input(dy)})};
  layer.batch = x.rows;
  layer.log_chunks = log_of(u.gradient.chunks);
  layer.weight = parameter_of(u.weight);
  layer.bias = parameter_of(u.bias);
  layer.aligned = true;
  for (const Parameter& p : {layer.weight, layer.bias})
    layer.aligned &= aligned(
        dy.columns, {Input{p.value, 0}, Input{p.gradient, 0}, Input{p.first_moment, 0}, Input{p.second_moment, 0}});
  return layer;
}

// With the row of ones.
template <class T> int64_t tiles_of(const Layer& layer) {
  return cuda::tiles_of<T>(layer.x.size + (layer.bias.value ? 1 : 0), layer.dy.size);
}

template <class T> Layers tiled(Layers layers) {
  for (int i = 0; i < layers.count; i++) {
    layers.layer[i].first_tile = layers.tiles;
    layers.tiles += tiles_of<T>(layers.layer[i]);
  }
  return layers;
}

// Layers have one batch, as a rule.
template <class T> double time_of(const Layers& layers) {
  return cuda::time_of(layers.tiles, T::cycles(layers.layer[0].log_chunks));
}

template <class T> int launch_update(const Layers& layers, const elbo4j_adam_step& step, void* stream) {
  return launch(update_layers<T>, dim3(blocks_for(layers.tiles, 1)), dim3(T::threads), stream, layers, step);
}

}  // namespace

int dense_updates(const elbo4j_dense_update* updates, int64_t count, void* stream) {
  const elbo4j_adam_step& step = updates[0].weight.step;
  for (int64_t first = 0; first < count; first += most_layers) {
    Layers layers = {};
    layers.count = (int)std::min<int64_t>(count - first, most_layers);
    for (int i = 0; i < layers.count; i++) layers.layer[i] = layer_of(updates[first + i]);
    const Layers warps = tiled<ChunkWarpsTile>(layers), loop = tiled<ChunkLoopTile>(layers);
    const int error = time_of<ChunkWarpsTile>(warps) < time_of<ChunkLoopTile>(loop)
                          ? launch_update<ChunkWarpsTile>(warps, step, stream)
                          : launch_update<ChunkLoopTile>(loop, step, stream);
    if (error) return error;
  }
  return 0;
}

}  // namespace elbo4j::cuda
