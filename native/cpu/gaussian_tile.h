// Tiles of diagonal Gaussians: a posterior and its prior.
#pragma once
#include "exp.h"
#include "noise_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

struct Gaussian {
  Input mean, log_variance;
};

// The distributions of a tile, in place or in the buffers.
struct Gaussians {
  const float *mean = nullptr, *log_variance = nullptr, *prior_mean = nullptr, *prior_log_variance = nullptr;
  Buffer buffers[4];

  void take(const Tile& tile, const Gaussian& q, const Gaussian& prior) {
    mean = q.mean.tile(tile, buffers[0]);
    log_variance = q.log_variance.tile(tile, buffers[1]);
    if (!prior.mean.data) return;
    prior_mean = prior.mean.tile(tile, buffers[2]);
    prior_log_variance = prior.log_variance.tile(tile, buffers[3]);
  }
};

static inline void want(const Tile& tile, const Gaussian& gaussian, Wanted& wanted) {
  wanted.add(tile, gaussian.mean);
  wanted.add(tile, gaussian.log_variance);
}

// to[i] = exp(scale x[i]). A loop of its own: with more around it the constants no longer fit into the registers.
static inline void exponentials(float scale, const float* x, int size, float* to) {
  ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = spec::exp(scale * x[i]);
}

}  // namespace elbo4j::ELBO4J_LEVEL
