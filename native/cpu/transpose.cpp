// y[c][r] = x[r][c]. x rows x columns, y columns x rows. Moves 8 bytes per element.
#include "matmul_packing.h"
#include "transpose_of.h"

namespace elbo4j::ELBO4J_LEVEL {

void transpose_of(const elbo4j_transpose_of& t, int64_t begin, int64_t end) {
  pack_transposed(t.x.floats() + begin, t.x.stride, t.y.floats() + begin * t.y.stride, t.y.stride, t.x.rows,
                  end - begin);
}

}  // namespace elbo4j::ELBO4J_LEVEL
