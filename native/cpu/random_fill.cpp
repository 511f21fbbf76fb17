// Random matrices, every element a function of (seed, draw, first row + row, column): standard normals, uniforms low +
// (high - low) u, and Bernoulli draws u < probability ? 1 : 0 (NaN stays NaN), u in [0, 1). rows x columns. The first
// two move 4 bytes per element, the last 8.
#include "binarise_forward.h"
#include "noise_tile.h"
#include "random_fill_normal.h"
#include "random_fill_uniform.h"

namespace elbo4j::ELBO4J_LEVEL {

void random_fill_normal(const elbo4j_random_fill_normal& a, int64_t begin, int64_t end) {
  const Noise noise(a.noise);
  const Output out = float_output(a.target);
  // Noise comes in whole blocks, so it is always made in the buffer: a row of the target may end within one.
  for_each_tile(begin, end, a.target.columns, [&](const Tile& tile) {
    Buffer values;
    normal_tile(noise, tile, tile.row, 1, Wanted{}, values);
    for (int r = 0; r < tile.rows; r++)
      copy_row(out.row(tile.row + r) + tile.column, values.data + r * tile.width, tile.columns);
  });
}

void random_fill_uniform(const elbo4j_random_fill_uniform& a, int64_t begin, int64_t end) {
  const Noise noise(a.noise);
  const Output out = float_output(a.target);
  const float low = a.low, range = a.high - a.low;
  for_each_tile(begin, end, a.target.columns, [&](const Tile& tile) {
    Buffer u, buffer;
    uniform_tile(noise, tile, u);
    float* to = out.tile(tile, buffer);
    const int size = tile.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = spec::fma(range, u.data[i], low);
    out.commit(tile, buffer);
  });
}

void binarise_forward(const elbo4j_binarise_forward& a, int64_t begin, int64_t end) {
  const Noise noise(a.noise);
  const Input in = float_input(a.probability);
  const Output out = float_output(a.target);
  for_each_tile(begin, end, a.target.columns, [&](const Tile& tile) {
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
