// Dropout: y = word >= threshold ? x scale : +0, word the noise's of (row, column). The gradient is the same of dy.
// Matrices rows x columns. Moves 8 bytes per element.
#include "dropout.h"
#include "dropout_apply.h"
#include "noise_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

void dropout_apply(const elbo4j_dropout_apply& a, int64_t begin, int64_t end) {
  const Noise noise(a.noise);
  const Input in = float_input(a.x);
  const Output out = float_output(a.y);
  const uint32_t threshold = (uint32_t)a.threshold;
  const float scale = a.scale;
  for_each_tile(begin, end, a.x.columns, [&](const Tile& tile) {
    NoiseWords words;
    Wanted wanted;
    wanted.add(tile, in);
    const int count = noise_words(noise, tile, tile.row, 1, wanted, words);
    alignas(64) uint32_t word[tile_floats];
    ELBO4J_SIMD for (int i = 0; i < count; i++) {
      word[4 * i] = words.word[0][i];
      word[4 * i + 1] = words.word[1][i];
      word[4 * i + 2] = words.word[2][i];
      word[4 * i + 3] = words.word[3][i];
    }
    Buffer in_buffer, out_buffer;
    const float* x = in.tile(tile, in_buffer);
    float* y = out.tile(tile, out_buffer);
    const int size = tile.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) y[i] = spec::dropout(x[i], word[i], threshold, scale);
    out.commit(tile, out_buffer);
  });
}

}  // namespace elbo4j::ELBO4J_LEVEL
