// From global to shared memory: a stage is DEPTH steps of one operand of a product, for the SIZE rows or columns of a
// tile. It waits in registers while the previous one is multiplied, and lies in shared memory as [step][index], for
// that is how threads read it.
#pragma once
#include "quad.h"

namespace elbo4j::cuda {

// A or B of a product: element (index, step) of size x depth, where index is a row of A or a column of B.
struct Operand {
  const float* data;
  int64_t stride;
  int64_t size;
  bool aligned;  // quads can be accessed in 16 bytes
};

// What indices past the end read. Their results are not stored, but for the row of ones below x of a layer's weight
// gradient, whose results are the gradient of its bias.
constexpr float past_the_end = 1.0f;

// Four floats for the padding: the quads of step s and s + 4, which a warp stores at once, fall into different banks.
template <int SIZE> struct StageRow { float e[SIZE + 4]; };

// STEP_MAJOR: neighbours in memory are neighbouring indices; otherwise neighbouring steps.
template <int SIZE, int DEPTH, int THREADS, bool STEP_MAJOR> class Stage {
  static constexpr int quads = SIZE * DEPTH / 4 / THREADS, span = 4 * THREADS / SIZE;
  static_assert(quads * 4 * THREADS == SIZE * DEPTH && span * quads == DEPTH, "every thread has the same work");
  static_assert(STEP_MAJOR || span % 8 == 0, "a thread stays at one index");

 public:
  // Neighbouring threads read sectors of 32 bytes at least.
  __device__ __forceinline__ Stage(const Operand& operand, int64_t first_index, int64_t first_step, int thread)
      : index(STEP_MAJOR ? thread % (SIZE / 4) * 4 : thread / 2 % SIZE),
        step(STEP_MAJOR ? thread / (SIZE / 4) : thread % 2 * 4 + thread / (2 * SIZE) * 8),
        stride(operand.stride),
        aligned(operand.aligned) {
    const int64_t left = operand.size - first_index - index;
    indices = left < 4 ? (int)left : 4;
    from = operand.data;
    if (indices > 0)
      from += STEP_MAJOR ? (first_step + step) * stride + first_index + index
                         : (first_index + index) * stride + first_step + step;
  }

  // The next steps, of which there are `steps`.
  __device__ __forceinline__ void load(int steps) {
    if (aligned) {
#pragma unroll
      for (int q = 0; q < quads; q++) {
        float4 v = make_float4(past_the_end, past_the_end, past_the_end, past_the_end);
        if (count(steps, q) > 0) v = __ldg(reinterpret_cast<const float4*>(at(q)));
        quad[q] = Quad{{v.x, v.y, v.z, v.w}};
      }
    } else {
#pragma unroll
      for (int q = 0; q < quads; q++)
#pragma unroll
        for (int i = 0; i < 4; i++) quad[q].e[i] = i < count(steps, q) ? __ldg(at(q) + i) : past_the_end;
    }
  }

  __device__ __forceinline__ void advance(int steps) { from += STEP_MAJOR ? steps * stride : steps; }

  __device__ __forceinline__ void store(StageRow<SIZE>* rows) const {
#pragma unroll
    for (int q = 0; q < quads; q++) {
      const Quad& v = quad[q];
      StageRow<SIZE>* row = rows + step + q * span;
      if constexpr (STEP_MAJOR) {
        *reinterpret_cast<float4*>(row->e + index) = make_float4(v.e[0], v.e[1], v.e[2], v.e[3]);
      } else {
#pragma unroll
        for (int i = 0; i < 4; i++) row[i].e[index] = v.e[i];
      }
    }
  }

 private:
  __device__ __forceinline__ const float* at(int q) const { return from + (STEP_MAJOR ? q * span * stride : q * span); }
  __device__ __forceinline__ int count(int steps, int q) const {
    const int left = steps - step - q * span;
    return STEP_MAJOR ? (left > 0 ? indices : 0) : (indices > 0 ? left : 0);
  }

  const int index, step;
  const int64_t stride;
  const bool aligned;
  int indices;  // that exist, of four
  const float* from;
  Quad quad[quads];
};

}  // namespace elbo4j::cuda
