// y[c][r] = x[r][c]. x rows x columns, y columns x rows. Moves 8 bytes per element, by squares of 32 in shared memory,
// so that both are accessed along their rows.
// Compiled for sm_90: at most 30 registers, 4,224 bytes of shared memory, no spills.
#include "launch.h"
#include "quad.h"
#include "transpose_of.h"

namespace elbo4j::cuda {

namespace {

constexpr int side = 32, rows_at_once = 8;

__global__ void __launch_bounds__(side* rows_at_once)
    transpose(Input x, int64_t rows, int64_t columns, int64_t squares_across, int64_t squares, Output y) {
  // one more column: the threads of a warp that read down one are in different banks
  __shared__ float square[side][side + 1];
  const int i = (int)threadIdx.x % side, first = (int)threadIdx.x / side;
  for (int64_t s = blockIdx.x; s < squares; s += gridDim.x) {
    const int64_t row = s / squares_across * side, column = s % squares_across * side;
#pragma unroll
    for (int j = first; j < side; j += rows_at_once)
      if (row + j < rows && column + i < columns) square[j][i] = __ldg(x.row(row + j) + column + i);
    __syncthreads();
#pragma unroll
    for (int j = first; j < side; j += rows_at_once)
      if (column + j < columns && row + i < rows) y.row(column + j)[row + i] = square[i][j];
    __syncthreads();
  }
}

}  // namespace

int transpose_of(const elbo4j_transpose_of& t, void* stream) {
  const int64_t rows = t.x.rows, columns = t.x.columns;
  const int64_t across = parts(columns, side), squares = across * parts(rows, side);
  return launch(transpose, dim3(blocks_for(squares, 1)), dim3(side * rows_at_once), stream, input(t.x), rows, columns,
                across, squares, output(t.y));
}

}  // namespace elbo4j::cuda
