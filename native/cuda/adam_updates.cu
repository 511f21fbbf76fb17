// One step of Adam on several parameters in one launch, by the formula of adam.cu: launches for small parameters alone
// leave most of a GPU idle. The gradient of a convolution's weights is the sum of its leaves (leaf_tree.h), which saves
// the launch that adds them. Every block finds its parameter in a table. Moves 28 bytes per element, and 4 per leaf.
// Compiled for sm_90: at most 42 registers, no spills there, nor for sm_75 and sm_120; instructions of PTX per element
// 32 (aligned), of leaves 50 and 7 per leaf.
#include "adam_updates.h"

#include <algorithm>

#include "adam_element.h"
#include "convolution_leaves.h"
#include "launch.h"
#include "leaf_tree.h"
#include "quad.h"

namespace elbo4j::cuda {

namespace {

constexpr int update_threads = LeafTree::threads, floats_of_block = 4 * update_threads, most_parameters = 40;

struct Parameter {
  float *value, *gradient, *first_moment, *second_moment;
  int64_t count, first_block;  // elements; of the launch's blocks
  LeafTree leaves;             // none: the gradient is there
  bool aligned;

  int floats_of_block() const { return leaves.count ? leaves.elements() : cuda::floats_of_block; }

  template <bool ALIGNED>
  __device__ __forceinline__ void update(int64_t i, float scale, const elbo4j_adam_step& s) const {
    const Quad g = load<ALIGNED>(gradient, i, count);
    Quad p = load_own<ALIGNED>(value, i, count);
    Quad m = load_own<ALIGNED>(first_moment, i, count);
    Quad v = load_own<ALIGNED>(second_moment, i, count);
#pragma unroll
    for (int j = 0; j < 4; j++) adam_element(p.e[j], m.e[j], v.e[j], g.e[j] * scale, s);
    store<ALIGNED>(value, i, count, p);
    store<ALIGNED>(first_moment, i, count, m);
    store<ALIGNED>(second_moment, i, count, v);
  }

  __device__ __forceinline__ void update_by_leaves(int64_t block, float scale, const elbo4j_adam_step& s,
                                                   float (&sums)[update_threads]) const {
    const int64_t first = block * leaves.elements(), i = first + threadIdx.x;
    const float sum = leaves.sum(first, count, sums);
    if (threadIdx.x >= leaves.elements() || i >= count) return;
    gradient[i] = sum;
    float p = value[i], m = first_moment[i], v = second_moment[i];
    adam_element(p, m, v, sum * scale, s);
    value[i] = p, first_moment[i] = m, second_moment[i] = v;
  }
};

struct Parameters {
  Parameter parameter[most_parameters];
  int count;
  int64_t blocks;
};
static_assert(sizeof(Parameters) < 3900, "a kernel has 4 KiB of parameters");

__global__ void __launch_bounds__(update_threads)
    update_parameters(const Parameters all, const elbo4j_adam_step step, const float* gradient_scale) {
  __shared__ float sums[update_threads];
  const elbo4j_adam_step s = adam_step_of(step);
  const float scale = gradient_scale ? __ldg(gradient_scale) : 1.0f;
  for (int64_t block = blockIdx.x; block < all.blocks; block += gridDim.x) {
    int n = 0;
    while (n + 1 < all.count && block >= all.parameter[n + 1].first_block) n++;
    const Parameter& p = all.parameter[n];
    if (p.leaves.count) {
      p.update_by_leaves(block - p.first_block, scale, s, sums);
      continue;
    }
    const int64_t i = (block - p.first_block) * floats_of_block + 4 * (int)threadIdx.x;
    if (i >= p.count) continue;
    if (p.aligned)
      p.update<true>(i, scale, s);
    else
      p.update<false>(i, scale, s);
  }
}

Parameter parameter_of(const elbo4j_update_of_several& of, int64_t first_block) {
  const elbo4j_adam_update& u = of.update;
  const int64_t count = u.parameter.rows * u.parameter.columns;
  Parameter p{u.parameter.floats(),
              u.gradient.floats(),
              u.first_moment.floats(),
              u.second_moment.floats(),
              count,
              first_block,
              leaf_tree_of(of.convolution),
              false};
  p.aligned =
      aligned(count, {Input{p.value, 0}, Input{p.gradient, 0}, Input{p.first_moment, 0}, Input{p.second_moment, 0}});
  return p;
}

}  // namespace

int adam_updates(const elbo4j_update_of_several* updates, int64_t count, void* stream) {
  for (int64_t first = 0; first < count; first += most_parameters) {
    Parameters all = {};
    all.count = (int)std::min<int64_t>(count - first, most_parameters);
    for (int i = 0; i < all.count; i++) {
      all.parameter[i] = parameter_of(updates[first + i], all.blocks);
      all.blocks += parts(all.parameter[i].count, all.parameter[i].floats_of_block());
    }
    const int error = launch(update_parameters, dim3(blocks_for(all.blocks, 1)), dim3(update_threads), stream, all,
                             updates[0].update.step, (const float*)updates[0].update.gradient_scale.floats());
    if (error) return error;
  }
  return 0;
}

}  // namespace elbo4j::cuda
