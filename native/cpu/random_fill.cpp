// Random matrices, every element a function of (seed, draw, first row + row, column): standard normals, uniforms low +
// (high - low) u, and Bernoulli draws u < probability ? 1 : 0 (NaN stays NaN), u in [0, 1). rows x columns. The first
// two move 4 bytes per element, the last 8.
#include "noise_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

void normal(int64_t seed, int64_t draw, int64_t first_row, float* target, int64_t target_stride, int64_t columns,
            int64_t begin, int64_t end) {
  const Noise noise(seed, draw, first_row);
  // Noise comes in whole blocks, so it is always made in the buffer: a row of the target may end within one.
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer values;
    normal_tile(noise, tile, tile.row, 1, Wanted{}, values);
    for (int r = 0; r < tile.rows; r++)
      copy_row(target + (tile.row + r) * target_stride + tile.column, values.data + r * tile.width, tile.columns);
  });
}

void uniform(int64_t seed, int64_t draw, int64_t first_row, float low, float high, float* target, int64_t target_stride,
             int64_t columns, int64_t begin, int64_t end) {
  const Noise noise(seed, draw, first_row);
  const Output out{target, target_stride};
  const float range = high - low;
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer u, buffer;
    uniform_tile(noise, tile, u);
    float* to = out.tile(tile, buffer);
    const int size = tile.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = spec::fma(range, u.data[i], low);
    out.commit(tile, buffer);
  });
}

void binarise(const float* probability, int64_t probability_stride, int64_t seed, int64_t draw, int64_t first_row,
              float* target, int64_t target_stride, int64_t columns, int64_t begin, int64_t end) {
  const Noise noise(seed, draw, first_row);
  const Input in{probability, probability_stride};
  const Output out{target, target_stride};
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer u, in_buffer, out_buffer;
    uniform_tile(noise, tile, u);
    const float* p = in.tile(tile, in_buffer);
    float* to = out.tile(tile, out_buffer);
    const int size = tile.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) {
      const float drawn = u.data[i] < p[i] ? 1.0f : 0.0f;
      to[i] = p[i] != p[i] ? p[i] : drawn;
    }
    out.commit(tile, out_buffer);
  });
}

}  // namespace elbo4j::ELBO4J_LEVEL
