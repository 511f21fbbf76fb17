// Gradients of a convolution's parameters: sums over images and pixels, in the leaves of leaves.h.
//   convolution_weight_gradient  dWeight = sum of big * small
//                                weight (kernel row, column, big channel) x small channel
//   convolution_bias_gradient    dBias = sum of the pixels      1 x channels
// Each leaf of an element is one chain of fma (of the bias: of additions) from +0 in the order (image, row, column);
// neighbouring leaves are added until one is left. Leaf by leaf, so that its images stay in the second-level cache; the
// tree's parked sums are matrices like dWeight. Where these do not stay there, by blocks of leaves, as many as leave
// what a tap reads of their images in it: the tree within a block is a tile's own.
// Moves the images once, and dWeight 8 bytes an element and block.
#include <utility>

#include "convolution_bias_gradient.h"
#include "convolution_weight_gradient.h"
#include "leaves.h"
#include "level.h"
#include "matmul_packing.h"
#include "matmul_vector.h"
#include "room.h"

namespace elbo4j {
namespace ELBO4J_LEVEL {

namespace {

#define ELBO4J_UNROLL _Pragma("GCC unroll 16")

enum : int64_t { WIDE = (int)TILE_VECTORS * (int)LANES, CACHED_FLOATS = 200 * 1024 };
enum : int { BLOCK_LEVELS = 3 };  // of the tree within a block

inline int64_t larger(int64_t x, int64_t y) { return x < y ? y : x; }
inline int64_t parts(int64_t size, int64_t of) { return (size + of - 1) / of; }

// Steps that follow each other: a row of pixels of the small image.
struct Segment {
  int64_t a, b, count;  // first floats of both operands
};

// A tile of up to TILE_ROWS rows of dWeight x WIDE small channels, over a leaf at a time. Where a tap has few channels
// it spans taps: of a row of pixels those before `first` and from `end` on lack some of them.
struct GradientTile {
  const float* a;  // step by step: the rows' floats, a_stride apart
  int64_t a_stride;
  const float* b;  // b_stride floats a step
  int64_t b_stride;
  const Segment* segments;
  int64_t first, end, row_in_kernel_row, channels, padding, big_columns, stride;
};

template <int ROWS, int VECTORS, bool BORDER> struct GradientKernel {
  using Sums = Vector[ROWS][VECTORS];

  static inline __attribute__((always_inline)) void step(Sums& sum, const float* a, const float* b) {
    Vector row_of_b[VECTORS];
    ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) row_of_b[v] = load(b + v * LANES);
    ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) {
      const Vector value = broadcast(a + i);
      ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[i][v] = fused(value, row_of_b[v], sum[i][v]);
    }
  }

  static inline __attribute__((always_inline)) void border_step(const GradientTile& t, Sums& sum, const float* a,
                                                                const float* b, int64_t j) {
    Vector row_of_b[VECTORS];
    ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) row_of_b[v] = load(b + v * LANES);
    ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) {
      const int64_t x = j * t.stride - t.padding + (t.row_in_kernel_row + i) / t.channels;
      if (x < 0 || x >= t.big_columns) continue;
      const Vector value = broadcast(a + i);
      ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[i][v] = fused(value, row_of_b[v], sum[i][v]);
    }
  }

  static void run(const GradientTile& t, int64_t begin, int64_t end_segment, float* leaf) {
    Sums sum;
    ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[i][v] = zero();
    for (int64_t s = begin; s < end_segment; s++) {
      const Segment& segment = t.segments[s];
      const float* a = t.a + segment.a;
      const float* b = t.b + segment.b;
      const int64_t b_stride = t.b_stride;
      int64_t j = 0;
      if (BORDER)
        for (; j < t.first; j++, a += t.a_stride, b += b_stride) border_step(t, sum, a, b, j);
      for (const int64_t end = BORDER ? t.end : segment.count; j < end; j++, a += t.a_stride, b += b_stride)
        step(sum, a, b);
      if (BORDER)
        for (; j < segment.count; j++, a += t.a_stride, b += b_stride) border_step(t, sum, a, b, j);
    }
    ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++)
        store(leaf + i * WIDE + v * LANES, sum[i][v]);
  }
};

// Of segments [begin, end).
using Kernel = void (*)(const GradientTile&, int64_t begin, int64_t end, float* leaf);

template <int VECTORS, bool BORDER, int... I> Kernel kernel_of(int64_t rows, std::integer_sequence<int, I...>) {
  static constexpr Kernel by_rows[] = {GradientKernel<I + 1, VECTORS, BORDER>::run...};
  return by_rows[rows - 1];
}

Kernel kernel(int64_t rows, bool two_vectors, bool border) {
  constexpr auto all = std::make_integer_sequence<int, TILE_ROWS>{};
  if (border) return two_vectors ? kernel_of<2, true>(rows, all) : kernel_of<1, true>(rows, all);
  return two_vectors ? kernel_of<2, false>(rows, all) : kernel_of<1, false>(rows, all);
}

struct Range {
  int64_t begin, end;
};

// The pixels along an axis of the small image that have a tap.
Range pixels_with(int64_t tap, int64_t big, int64_t small, int64_t stride, int64_t padding) {
  const int64_t end = big + padding > tap ? smaller(small, parts(big + padding - tap, stride)) : 0;
  const int64_t first = tap < padding ? parts(padding - tap, stride) : 0;
  return {smaller(first, end), end};
}

// The adjacent-first tree as a binary counter over the blocks of leaves of rows [begin, end) of dWeight.
struct Tree {
  float* parked;  // a matrix for each level
  int64_t level_floats, columns;
  int levels;

  // Adds a block's sums of a row; those of the last block are the result.
  void add_block(int64_t block, int64_t row, int64_t column, int64_t width, const float* sums, float* result) const {
    const int64_t at = row * columns + column;
    for (int64_t v = 0; v < width; v += LANES) {
      const Mask mask = first_lanes(smaller<int64_t>(width - v, LANES));
      Vector sum = load(sums + v);
      const float* from = parked + at + v;
      int level = 0;
      for (int64_t bits = block; bits & 1; bits >>= 1, level++, from += level_floats) sum = add(load(from, mask), sum);
      store(level == levels ? result + v : parked + level * level_floats + at + v, mask, sum);
    }
  }
};

int levels_of(int64_t leaves) {
  int levels = 0;
  while ((int64_t)1 << levels < leaves) levels++;
  return levels;
}

// As many leaves as leave `row_floats` for each of their rows of pixels in the cache.
int levels_of_block(const spec::Leaves& leaves, int64_t row_floats) {
  const int64_t count = spec::leaf_count(leaves), rows = parts(leaves.images * leaves.rows, count);
  int levels = 0;
  while (levels < BLOCK_LEVELS && (int64_t)2 << levels <= count &&
         ((rows * row_floats) << (levels + 1)) <= CACHED_FLOATS)
    levels++;
  return levels;
}

void add_to(const float* left, int64_t floats, float* right) {
  for (int64_t i = 0; i < floats; i += LANES) store(right + i, add(load(left + i), load(right + i)));
}

}  // namespace

void convolution_weight_gradient(const elbo4j_convolution_weight_gradient& a, int64_t begin, int64_t end) {
  static thread_local Room room;
  if (begin >= end) return;
  const elbo4j_convolution_shape& s = a.shape;
  const int64_t h = s.small_rows(), v = s.small_columns(), o = s.small_channels, c = s.big_channels;
  const int64_t kernel_row = s.kernel_columns * c, across = parts(o, WIDE);
  const spec::Leaves leaves = spec::leaves_of(a.big.rows, a.chunks, h, v);
  const int64_t count = spec::leaf_count(leaves);
  const bool spans_taps = c < TILE_ROWS;
  // Few rows of dWeight would use what is packed of the small image too seldom; it is read in place by whole vectors.
  const bool packs = !spans_taps || o % LANES != 0;
  const int64_t matrix_floats = (end - begin) * o;
  const int block_levels = matrix_floats > CACHED_FLOATS ? levels_of_block(leaves, v * (c + WIDE)) : 0;
  const int64_t together = (int64_t)1 << block_levels, blocks = count / together;
  int64_t most = 0;
  for (int64_t leaf = 0; leaf < count; leaf += together)
    most = larger(most, spec::leaf_begin(leaves, leaf + together) - spec::leaf_begin(leaves, leaf));
  const int64_t panel_floats = most * v * WIDE;

  Tree tree = {nullptr, matrix_floats, o, levels_of(blocks)};
  const int64_t parked_floats = tree.levels * tree.level_floats, segment_floats = most * (int64_t)sizeof(Segment) / 4;
  const int64_t packed_floats = packs ? across * panel_floats + LANES : 0;
  float* memory = room.floats(segment_floats + packed_floats + parked_floats);
  Segment* segments = reinterpret_cast<Segment*>(memory);
  float* b = memory + segment_floats;
  tree.parked = b + packed_floats;

  for (int64_t block = 0; block < blocks; block++) {
    const int64_t first_leaf = block * together;
    const int64_t row_begin = spec::leaf_begin(leaves, first_leaf);
    const int64_t row_end = spec::leaf_begin(leaves, first_leaf + together);
    for (int64_t j = 0; packs && j < across; j++)
      for (int64_t row = row_begin; row < row_end; row++)
        pack_steps(a.small.floats() + row / h * a.small.stride + row % h * v * o + j * WIDE, o,
                   b + j * panel_floats + (row - row_begin) * v * WIDE, WIDE, smaller<int64_t>(WIDE, o - j * WIDE), v);
    // Rows of dWeight that have the same pixels: those of a tap, or of a kernel row.
    const int64_t group = spans_taps ? kernel_row : c;
    for (int64_t g = begin / group * group; g < end; g += group) {
      const int64_t tap_row = g / kernel_row, tap = g % kernel_row / c;
      const int64_t f = larger(g, begin), f_end = smaller(g + group, end), panels = parts(f_end - f, TILE_ROWS);
      const Range of_tap = pixels_with(tap, s.big_columns, v, s.stride, s.padding);
      const Range pixels = spans_taps ? Range{0, v} : of_tap;
      GradientTile t;
      t.segments = segments;
      t.a = a.big.floats(), t.a_stride = s.stride * c;
      t.channels = c, t.padding = s.padding, t.big_columns = s.big_columns, t.stride = s.stride;
      int64_t of_leaf[(1 << BLOCK_LEVELS) + 1], found = 0;  // where a leaf's segments begin
      int64_t row = row_begin;
      for (int64_t leaf = 0; leaf < together; leaf++) {
        of_leaf[leaf] = found;
        for (; row < spec::leaf_begin(leaves, first_leaf + leaf + 1); row++) {
          const int64_t y = row % h * s.stride + tap_row - s.padding;
          if (y < 0 || y >= s.big_rows || pixels.begin >= pixels.end) continue;
          segments[found++] = {
              row / h * a.big.stride + (y * s.big_columns + pixels.begin * s.stride + tap - s.padding) * c,
              packs ? ((row - row_begin) * v + pixels.begin) * WIDE
                    : row / h * a.small.stride + (row % h * v + pixels.begin) * o,
              pixels.end - pixels.begin};
        }
      }
      of_leaf[together] = found;
      for (int64_t j = 0; j < across; j++) {
        const int64_t width = smaller<int64_t>(WIDE, o - j * WIDE);
        t.b = packs ? b + j * panel_floats : a.small.floats() + j * WIDE;
        t.b_stride = packs ? (int64_t)WIDE : o;
        for (int64_t i = 0; i < panels; i++) {
          const int64_t k = f + i * (f_end - f) / panels, rows = f + (i + 1) * (f_end - f) / panels - k;
          t.row_in_kernel_row = k - tap_row * kernel_row;
          t.a = a.big.floats() + (k - g);
          bool border = false;
          if (spans_taps) {
            // later taps begin and end earlier
            const Range lowest = pixels_with(t.row_in_kernel_row / c, s.big_columns, v, s.stride, s.padding);
            const Range highest =
                pixels_with((t.row_in_kernel_row + rows - 1) / c, s.big_columns, v, s.stride, s.padding);
            t.first = lowest.begin, t.end = larger(highest.end, t.first);
            border = t.first > 0 || t.end < v;
          }
          alignas(64) float sums[BLOCK_LEVELS + 1][(int)TILE_ROWS * WIDE];
          const Kernel run = kernel(rows, width > LANES, border);
          for (int64_t leaf = 0; leaf < together; leaf++) {
            int level = 0;
            while (leaf >> level & 1) level++;
            run(t, of_leaf[leaf], of_leaf[leaf + 1], sums[level]);
            for (int l = 0; l < level; l++) add_to(sums[l], rows * WIDE, sums[level]);
          }
          for (int64_t r = 0; r < rows; r++)
            tree.add_block(block, k + r - begin, j * WIDE, width, sums[block_levels] + r * WIDE,
                           a.d_weight.floats() + (k + r) * a.d_weight.stride + j * WIDE);
        }
      }
    }
  }
}

void convolution_bias_gradient(const elbo4j_convolution_bias_gradient& a, int64_t begin, int64_t end) {
  const spec::Leaves leaves = spec::leaves_of(a.images.rows, a.chunks, a.rows, a.columns);
  const int64_t count = spec::leaf_count(leaves), channels = a.d_bias.columns;
  const int levels = levels_of(count);
  for (int64_t j = begin; j < end; j += LANES) {
    const Mask valid = first_lanes(smaller<int64_t>(LANES, end - j));
    Vector parked[10];
    for (int64_t leaf = 0; leaf < count; leaf++) {
      Vector sum = zero();
      for (int64_t row = spec::leaf_begin(leaves, leaf); row < spec::leaf_begin(leaves, leaf + 1); row++) {
        const float* x = a.images.floats() + row / a.rows * a.images.stride + row % a.rows * a.columns * channels + j;
        for (int64_t column = 0; column < a.columns; column++, x += channels) sum = add(sum, load(x, valid));
      }
      int level = 0;
      for (int64_t bits = leaf; bits & 1; bits >>= 1, level++) sum = add(parked[level], sum);
      parked[level] = sum;
    }
    store(a.d_bias.floats() + j, valid, parked[levels]);
  }
}

}  // namespace ELBO4J_LEVEL
}  // namespace elbo4j
