// How a sum over images and pixels is cut: P chunks of images, as any sum over a batch, each cut between rows of pixels
// into Q leaves, Q the largest power of two of at most (B / P) rows columns / 256, at least 1 and at most 64. A leaf is
// one chain in the order (image, row, column); neighbouring leaves are added until one is left. A function of the
// problem alone.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

// Of B images of rows x columns pixels. count leaves, `each` of them a chunk.
struct Leaves {
  int64_t images, rows, chunks, each;
};

ELBO4J_SPEC Leaves leaves_of(int64_t images, int64_t chunks, int64_t rows, int64_t columns) {
  const int64_t pixels = images / chunks * rows * columns;
  int64_t each = 1;
  while (each < 64 && each * 2 * 256 <= pixels) each *= 2;
  return {images, rows, chunks, each};
}

ELBO4J_SPEC int64_t leaf_count(const Leaves& of) { return of.chunks * of.each; }

// Its first row of pixels, image * rows + row; the last leaf ends at leaf_begin(leaf_count).
ELBO4J_SPEC int64_t leaf_begin(const Leaves& of, int64_t leaf) {
  const int64_t chunk = leaf / of.each;
  if (chunk == of.chunks) return of.images * of.rows;
  const int64_t first = chunk * of.images / of.chunks * of.rows, end = (chunk + 1) * of.images / of.chunks * of.rows;
  return first + leaf % of.each * (end - first) / of.each;
}

}  // namespace elbo4j::spec
