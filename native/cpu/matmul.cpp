// Matrix products with fused epilogues, and column sums.
//   matmul_forward          C = activation(A.B + bias)    A rows x k, B k x n
//   matmul_input_gradient   C = A.B^T, zeroed by a gate   A rows x k, B n x k
//   matmul_weight_gradient  C = A^T.B                     A k x m,    B k x n      (k: the batch)
//   sums_columns            out = sum of the rows of X    X rows x n               (rows: the batch)
// Every output is one chain of fma from +0, k ascending; where k is the batch, one such chain for each of
// its chunks, combined by the adjacent-first tree. Blocking and packing only choose which chains run
// together. Each output is written once per k-block (512 steps): about 4 (1/n + 1/rows + 1/k) bytes per multiply-add.
#include "matmul_forward.h"
#include "matmul_input_gradient.h"
#include "matmul_kernel.h"
#include "matmul_packing.h"
#include "matmul_row_kernel.h"
#include "matmul_weight_gradient.h"
#include "room.h"
#include "sums_columns.h"

namespace elbo4j {
namespace ELBO4J_LEVEL {

namespace {

enum : int64_t {
  TILE_COLUMNS = TILE_VECTORS * LANES,
  DEPTH_BLOCK = 512,  // a panel of B of this depth is 64 KiB at most, and stays close to the core
  ROW_BLOCK = 224,    // packed rows of A of that depth are 448 KiB, half of a second-level cache
  FAR = 512,
  CHUNKED_BLOCK = 672,  // rows and columns of a deep sum: square blocks pack the least
  DEEP = 1024,          // chunk by chunk from here on: before, the steps of a tile are in the caches for the next one
};
static_assert(TILE_ROWS <= LANES, "a packed panel of A is narrower than a vector");

struct Product {
  const float* a;
  int64_t lda;
  bool a_transposed;
  const float* b;
  int64_t ldb;
  bool b_transposed;
  float* c;
  int64_t ldc;
  int64_t rows, columns, depth;
  int chunks = 1;
  bool chunk_of_many = false;
  const float* bias = nullptr;
  bool relu = false;
  const float* gate = nullptr;
  int64_t ldg = 0;

  const float* a_at(int64_t row, int64_t k) const { return a_transposed ? a + k * lda + row : a + row * lda + k; }
  const float* b_at(int64_t k, int64_t column) const {
    return b_transposed ? b + column * ldb + k : b + k * ldb + column;
  }
};

struct Range {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};

inline int64_t smaller(int64_t x, int64_t y) { return x < y ? x : y; }
inline int64_t parts(int64_t size, int64_t largest) { return (size + largest - 1) / largest; }
inline Range part(int64_t size, int64_t count, int64_t i) { return {i * size / count, (i + 1) * size / count}; }

// Rows a multiple of 1 KiB apart compete for the same few cache sets.
bool conflicting(int64_t stride) { return stride % 256 == 0; }

void pack_a(const Product& p, Range rows, Range depth, float* packed) {
  const int64_t panels = parts(rows.size(), TILE_ROWS);
  for (int64_t i = 0; i < panels; i++) {
    const Range panel = part(rows.size(), panels, i);
    const float* source = p.a_at(rows.begin + panel.begin, depth.begin);
    float* target = packed + panel.begin * depth.size();
    if (p.a_transposed)
      pack_steps(source, p.lda, target, panel.size(), panel.size(), depth.size());
    else
      pack_transposed(source, p.lda, target, panel.size(), panel.size(), depth.size());
  }
}

void pack_b(const Product& p, Range depth, Range columns, float* packed) {
  for (int64_t j = columns.begin; j < columns.end; j += TILE_COLUMNS, packed += TILE_COLUMNS * depth.size()) {
    const int64_t width = smaller(columns.end - j, TILE_COLUMNS);
    if (p.b_transposed)
      pack_transposed(p.b_at(depth.begin, j), p.ldb, packed, TILE_COLUMNS, width, depth.size());
    else
      pack_steps(p.b_at(depth.begin, j), p.ldb, packed, TILE_COLUMNS, width, depth.size());
  }
}

// Rows x columns of C over one k-block. The packed blocks are null where A or B is read in place.
void multiply_block(const Product& p, Range rows, Range columns, Range depth, const float* packed_a,
                    const float* packed_b) {
  const bool last = depth.end == p.depth;
  const bool step_major = packed_a || p.a_transposed;
  const int64_t panels = parts(rows.size(), TILE_ROWS);
  for (int64_t j = columns.begin; j < columns.end; j += TILE_COLUMNS) {
    const int64_t width = smaller(columns.end - j, TILE_COLUMNS);
    ProductTile t;
    t.b = packed_b ? packed_b + (j - columns.begin) * depth.size() : p.b_at(depth.begin, j);
    t.b_stride = packed_b ? (int64_t)TILE_COLUMNS : p.ldb;
    t.c_stride = p.ldc;
    t.depth = depth.size();
    t.chunks = p.chunks;
    t.resume = depth.begin > 0;
    t.tail = first_lanes(width % LANES);
    t.bias = last && p.bias ? p.bias + j : nullptr;
    t.relu = last && p.relu;
    t.gate_stride = p.ldg;
    for (int64_t i = 0; i < panels; i++) {
      const Range panel = part(rows.size(), panels, i);
      const int64_t row = rows.begin + panel.begin;
      t.a = packed_a ? packed_a + panel.begin * depth.size() : p.a_at(row, depth.begin);
      t.a_stride = packed_a ? panel.size() : p.lda;
      t.c = p.c + row * p.ldc + j;
      t.gate = last && p.gate ? p.gate + row * p.ldg + j : nullptr;
      select_kernel((int)panel.size(), (int)parts(width, LANES), width % LANES != 0, step_major)(t);
    }
  }
}

void multiply_row(const Product& p) {
  const int64_t vectors = parts(p.columns, LANES);
  const int64_t tiles = parts(vectors, ROW_VECTORS);
  for (int64_t i = 0; i < tiles; i++) {
    const Range tile = part(vectors, tiles, i);
    const int64_t j = tile.begin * LANES;
    const int64_t tail = smaller(tile.end * LANES, p.columns) % LANES;
    run_row({p.a, p.b + j, p.ldb, p.c + j, p.depth, first_lanes(tail), p.bias ? p.bias + j : nullptr, p.relu},
            (int)tile.size(), tail != 0);
  }
}

void multiply(const Product& p) {
  static thread_local Scratch scratch;
  if (p.rows <= 0 || p.columns <= 0) return;
  if (p.rows == 1 && !p.a_transposed && !p.b_transposed && p.chunks == 1 && !p.gate) return multiply_row(p);
  // Chunked chains live in registers over the whole batch; plain ones can be parked in C between k-blocks.
  const int64_t depth_blocks = p.chunks > 1 || p.depth == 0 ? 1 : parts(p.depth, DEPTH_BLOCK);
  const int64_t depth_block = parts(p.depth, depth_blocks);
  const int64_t packed_rows =
      smaller(ROW_BLOCK, depth_block ? Scratch::A_FLOATS / depth_block / TILE_ROWS * TILE_ROWS : 0);
  const int64_t packed_columns = depth_block ? Scratch::B_FLOATS / depth_block / TILE_COLUMNS * TILE_COLUMNS : 0;
  // Packing pays where a block is used often enough; B transposed cannot be read in place at all. Steps of B that lie
  // far apart are each in a page of their own.
  const bool pack_rows =
      packed_rows > 0 && p.columns >= 128 && (conflicting(p.lda) || (p.a_transposed && p.depth >= 192));
  const bool far = p.chunk_of_many || conflicting(p.ldb) || p.ldb >= FAR;
  const bool pack_columns = packed_columns > 0 && (p.b_transposed || (p.rows >= 32 && far));
  const int64_t row_blocks = pack_rows ? parts(p.rows, packed_rows) : 1;
  const int64_t column_block =
      !pack_columns ? p.columns
                    : parts(parts(p.columns, parts(p.columns, packed_columns)), TILE_COLUMNS) * TILE_COLUMNS;
  for (int64_t d = 0; d < depth_blocks; d++) {
    const Range depth = part(p.depth, depth_blocks, d);
    for (int64_t j = 0; j < p.columns; j += column_block) {
      const Range columns = {j, smaller(j + column_block, p.columns)};
      if (pack_columns) pack_b(p, depth, columns, scratch.b());
      for (int64_t i = 0; i < row_blocks; i++) {
        const Range rows = part(p.rows, row_blocks, i);
        if (pack_rows) pack_a(p, rows, depth, scratch.a());
        multiply_block(p, rows, columns, depth, pack_rows ? scratch.a() : nullptr,
                       pack_columns ? scratch.b() : nullptr);
      }
    }
  }
}

// target += parked, elements of rows x columns; both add to the same sum in either order.
void add_block(const float* parked, float* target, int64_t stride, int64_t rows, int64_t columns) {
  const Mask tail = first_lanes(columns % LANES);
  const int64_t whole = columns / LANES * LANES;
  for (int64_t i = 0; i < rows; i++, parked += columns, target += stride) {
    for (int64_t j = 0; j < whole; j += LANES) store(target + j, add(load(parked + j), load(target + j)));
    if (whole < columns) store(target + whole, tail, add(load(parked + whole, tail), load(target + whole, tail)));
  }
}

// The chunks of a deep sum one after the other, each a product of its own, so that what is packed of it serves many
// tiles. The adjacent-first tree is a binary counter: a chunk goes to the level of its lowest zero bit.
void multiply_chunks_of_block(const Product& p) {
  static thread_local Room room;
  const int64_t level_floats = p.rows * p.columns;
  int levels = 0;
  while (1 << levels < p.chunks) levels++;
  float* parked = room.floats(levels * level_floats);
  for (int chunk = 0; chunk < p.chunks; chunk++) {
    const Range depth = part(p.depth, p.chunks, chunk);
    int level = 0;
    while (chunk >> level & 1) level++;
    Product q = p;
    q.a = p.a_at(0, depth.begin), q.b = p.b_at(depth.begin, 0), q.depth = depth.size();
    q.c = level == levels ? p.c : parked + level * level_floats;
    q.ldc = level == levels ? p.ldc : p.columns;
    q.chunks = 1, q.chunk_of_many = true;
    multiply(q);
    for (int i = 0; i < level; i++) add_block(parked + i * level_floats, q.c, q.ldc, q.rows, q.columns);
  }
}

void multiply_chunks(const Product& p) {
  const int64_t row_blocks = parts(p.rows, CHUNKED_BLOCK), column_blocks = parts(p.columns, CHUNKED_BLOCK);
  for (int64_t j = 0; j < column_blocks; j++) {
    const Range columns = part(p.columns, column_blocks, j);
    for (int64_t i = 0; i < row_blocks; i++) {
      const Range rows = part(p.rows, row_blocks, i);
      Product q = p;
      q.a = p.a_at(rows.begin, 0), q.b = p.b_at(0, columns.begin);
      q.c = p.c + rows.begin * p.ldc + columns.begin;
      q.rows = rows.size(), q.columns = columns.size();
      multiply_chunks_of_block(q);
    }
  }
}

// Rows [begin, end) of c = a b, one or both transposed.
Product product(const elbo4j_matrix& a, bool a_transposed, const elbo4j_matrix& b, bool b_transposed,
                const elbo4j_matrix& c, int64_t depth, int64_t begin, int64_t end) {
  const int64_t first = a_transposed ? begin : begin * a.stride;
  return {
      a.floats() + first, a.stride,    a_transposed, b.floats(), b.stride, b_transposed, c.floats() + begin * c.stride,
      c.stride,           end - begin, c.columns,    depth};
}

}  // namespace

void matmul_forward(const elbo4j_matmul_forward& m, int64_t begin, int64_t end) {
  Product p = product(m.a, false, m.b, false, m.c, m.a.columns, begin, end);
  p.bias = m.bias.floats();
  p.relu = m.relu != 0;
  multiply(p);
}

void matmul_input_gradient(const elbo4j_matmul_input_gradient& m, int64_t begin, int64_t end) {
  Product p = product(m.d_c, false, m.b, true, m.d_a, m.d_c.columns, begin, end);
  p.gate = m.relu_output.data ? m.relu_output.floats() + begin * m.relu_output.stride : nullptr;
  p.ldg = m.relu_output.stride;
  multiply(p);
}

void matmul_weight_gradient(const elbo4j_matmul_weight_gradient& m, int64_t begin, int64_t end) {
  Product p = product(m.a, true, m.d_c, false, m.d_b, m.a.rows, begin, end);
  p.chunks = m.chunks;
  (p.depth >= DEEP ? multiply_chunks : multiply)(p);
}

void sums_columns(const elbo4j_sums_columns& m, int64_t begin, int64_t end) {
  // a row's lines are read whole: narrower pieces of rows that lie far apart are read at half the speed
  enum : int { VECTORS = 8 };
  float* out = m.sums.floats();
  const int64_t rows = m.x.rows;
  const int chunks = m.chunks;
  for (int64_t j = begin; j < end; j += (int64_t)VECTORS * LANES) {
    const int64_t width = smaller(end - j, (int64_t)VECTORS * LANES);
    const int count = (int)parts(width, LANES);
    const Mask tail = first_lanes(width - (count - 1) * LANES);
    Vector parked[3][VECTORS], sum[VECTORS];
    for (int chunk = 0; chunk < chunks; chunk++) {
      const Range range = part(rows, chunks, chunk);
      const float* x = m.x.floats() + range.begin * m.x.stride + j;
      for (int v = 0; v < VECTORS; v++) sum[v] = zero();
      if (width == (int64_t)VECTORS * LANES) {
        for (int64_t row = range.begin; row < range.end; row++, x += m.x.stride)
          ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[v] = add(sum[v], load(x + v * LANES));
      } else {
        for (int64_t row = range.begin; row < range.end; row++, x += m.x.stride) {
          for (int v = 0; v < count - 1; v++) sum[v] = add(sum[v], load(x + v * LANES));
          sum[count - 1] = add(sum[count - 1], load(x + (count - 1) * LANES, tail));
        }
      }
      // the adjacent-first tree as a binary counter
      int level = 0;
      for (; chunk >> level & 1; level++)
        for (int v = 0; v < VECTORS; v++) sum[v] = add(parked[level][v], sum[v]);
      if (chunk + 1 < chunks)
        for (int v = 0; v < VECTORS; v++) parked[level][v] = sum[v];
    }
    for (int v = 0; v < count - 1; v++) store(out + j + v * LANES, sum[v]);
    store(out + j + (count - 1) * LANES, tail, sum[count - 1]);
  }
}

}  // namespace ELBO4J_LEVEL
}  // namespace elbo4j
