// The noise of a kernel: four columns of a row at a time, from (seed, draw, first row + row, column) alone.
#pragma once
#include "normal.h"
#include "philox.h"
#include "quad.h"
#include "uniform.h"

namespace elbo4j::cuda {

class Noise {
 public:
  explicit Noise(const elbo4j_noise& noise)
      : seed_((uint64_t)noise.seed),
        draw_((uint64_t)noise.draw),
        first_row_((uint32_t)noise.first_row),
        live_(noise.live) {}

  __device__ __forceinline__ Quad normals(int64_t row, int64_t column) const {
    const spec::Words w = words(row, column);
    const spec::Normals first = spec::box_muller(w.x, w.y), second = spec::box_muller(w.z, w.w);
    return Quad{{first.first, first.second, second.first, second.second}};
  }

  __device__ __forceinline__ Quad uniforms(int64_t row, int64_t column) const {
    const spec::Words w = words(row, column);
    return Quad{{spec::uniform01(w.x), spec::uniform01(w.y), spec::uniform01(w.z), spec::uniform01(w.w)}};
  }

  __device__ __forceinline__ spec::Words words(int64_t row, int64_t column) const {
    const uint64_t draw = live_ ? (uint64_t)__ldg(reinterpret_cast<const long long*>(live_)) : draw_;
    const uint32_t first = live_ ? (uint32_t)__ldg(reinterpret_cast<const long long*>(live_) + 1) : first_row_;
    return spec::philox4x32_10((uint32_t)(column / 4), first + (uint32_t)row, (uint32_t)draw, (uint32_t)(draw >> 32),
                               (uint32_t)seed_, (uint32_t)(seed_ >> 32));
  }

 private:
  uint64_t seed_, draw_;
  uint32_t first_row_;
  const int64_t* live_;
};

}  // namespace elbo4j::cuda
