// The weight and bias gradients of several dense layers and Adam on both, in one launch.
//   dW = x^T dy, db = column sums of dy, in the chunks of the batch; then one step of Adam on the sums in registers
// x batch x inputs, dy batch x outputs. The bias is row `inputs` of the weight: its x is 1, and fma(1, dy, sum) is
// sum + dy. Every block finds the layer of its tile in a table. Moves 28 bytes per parameter, and per multiply-add what
// a matrix product does (matmul.cu).
//
// Compiled for sm_90: 32x32 by warps 167 registers, 64x64 by chunks 239, no spills; 86 % of the inner loop is fma.
#include <algorithm>

#include "adam_element.h"
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
  const AdamScalars scalars;

  template <int N>
  __device__ __forceinline__ void operator()(int64_t row, int64_t column, const float (&sums)[N]) const {
    const int64_t inputs = layer.x.size, outputs = layer.dy.size, count = outputs - column;
    if (count <= 0 || row > inputs || (row == inputs && !layer.bias.value)) return;
    const Parameter all = row < inputs ? layer.weight.at(row * outputs + column) : layer.bias.at(column);
    float value[N], first_moment[N], second_moment[N];
    load_neighbours(all.value, count, layer.aligned, value);
    load_neighbours(all.first_moment, count, layer.aligned, first_moment);
    load_neighbours(all.second_moment, count, layer.aligned, second_moment);
#pragma unroll
    for (int i = 0; i < N; i++) adam_element(value[i], first_moment[i], second_moment[i], sums[i], scalars);
    store_neighbours(all.gradient, count, layer.aligned, sums);
    store_neighbours(all.value, count, layer.aligned, value);
    store_neighbours(all.first_moment, count, layer.aligned, first_moment);
    store_neighbours(all.second_moment, count, layer.aligned, second_moment);
  }
};

template <class T>
__global__ void __launch_bounds__(T::threads, T::blocks)
    update_layers(Layers layers, AdamScalars scalars, const int64_t* live) {
  scalars = adam_scalars_of(scalars, live);
  for (int64_t tile = blockIdx.x; tile < layers.tiles; tile += gridDim.x) {
    int i = 0;
    while (i + 1 < layers.count && tile >= layers.layer[i + 1].first_tile) i++;
    const Layer& layer = layers.layer[i];
    const int64_t across = parts_of<T::columns>(layer.dy.size), of_layer = tile - layer.first_tile;
    multiply_tile<T, true, true, 3>(layer.x, layer.dy, of_layer / across * T::rows, of_layer % across * T::columns,
                                    layer.batch, layer.log_chunks, Update{layer, scalars});
  }
}

Layer layer_of(const elbo4j_dense_update& u) {
  Layer layer = {};
  layer.x = {u.x, u.x_stride, u.inputs, aligned(u.inputs, {Input{u.x, u.x_stride}})};
  layer.dy = {u.dy, u.dy_stride, u.outputs, aligned(u.outputs, {Input{u.dy, u.dy_stride}})};
  layer.batch = u.batch;
  layer.log_chunks = log_batch_chunks(u.batch);
  layer.weight = {u.weight, u.weight_gradient, u.weight_first_moment, u.weight_second_moment};
  layer.bias = {u.bias, u.bias_gradient, u.bias_first_moment, u.bias_second_moment};
  layer.aligned = aligned(u.outputs, {Input{u.weight, 0}, Input{u.weight_gradient, 0}, Input{u.weight_first_moment, 0},
                                      Input{u.weight_second_moment, 0}, Input{u.bias, 0}, Input{u.bias_gradient, 0},
                                      Input{u.bias_first_moment, 0}, Input{u.bias_second_moment, 0}});
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

template <class T>
int launch_update(const Layers& layers, const AdamScalars& scalars, const int64_t* live, void* stream) {
  return launch(update_layers<T>, dim3(blocks_for(layers.tiles, 1)), dim3(T::threads), stream, layers, scalars, live);
}

}  // namespace

}  // namespace elbo4j::cuda

using namespace elbo4j::cuda;

int elbo4j_cuda_dense_updates(const elbo4j_dense_update* updates, int count, float beta1, float one_minus_beta1,
                              float beta2, float one_minus_beta2, float step_size, float inverse_root_correction,
                              float epsilon, const int64_t* live, void* stream) {
  const AdamScalars scalars{beta1,     one_minus_beta1,         beta2,  one_minus_beta2,
                            step_size, inverse_root_correction, epsilon};
  for (int first = 0; first < count; first += most_layers) {
    Layers layers = {};
    layers.count = std::min(count - first, most_layers);
    for (int i = 0; i < layers.count; i++) layers.layer[i] = layer_of(updates[first + i]);
    const Layers warps = tiled<ChunkWarpsTile>(layers), loop = tiled<ChunkLoopTile>(layers);
    const int error = time_of<ChunkWarpsTile>(warps) < time_of<ChunkLoopTile>(loop)
                          ? launch_update<ChunkWarpsTile>(warps, scalars, live, stream)
                          : launch_update<ChunkLoopTile>(loop, scalars, live, stream);
    if (error) return error;
  }
  return 0;
}
