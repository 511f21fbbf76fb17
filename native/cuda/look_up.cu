// Rows of a table by numbers in data (spec/row_number.h), and the gradient of the table.
//   target[r] = table[index[r]], NaN where there is no such row
//   dtable[v] = the sum over r with index[r] = v of dtarget[r], in the chunks of a batch
// target, dtarget rows x columns; index rows x 1. Moves 8 bytes per element of target; the gradient 4, and 4 per
// element of the table, each quad of which reads all of index, from a cache: no atomic addition keeps an order.
// Compiled for sm_90: at most 80 registers, no spills; instructions of PTX per element, aligned: 39, of the gradient 16
// for each row that is added.
#include "row_number.h"
#include "rows.h"
#include "rows_look_up.h"
#include "rows_look_up_gradient.h"

namespace elbo4j::cuda {

namespace {

struct LookUp {
  Input table;
  int64_t table_rows;
  Input index;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const int64_t from = spec::row_number(__ldg(index.row(row)), table_rows);
    const float nan = spec::float_from_bits(0x7fc00000u);
    const Quad q = from < 0 ? Quad{{nan, nan, nan, nan}} : load<ALIGNED>(table.row(from), column, columns);
    store<ALIGNED>(target.row(row), column, columns, q);
  }
};

__device__ __forceinline__ Quad plus(const Quad& a, const Quad& b) {
  return {{a.e[0] + b.e[0], a.e[1] + b.e[1], a.e[2] + b.e[2], a.e[3] + b.e[3]}};
}

struct LookUpGradient {
  Input dtarget, index;
  int64_t rows, table_rows;
  int chunks;
  Output dtable;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad sum = {}, parked[3];  // a binary counter
    for (int chunk = 0; chunk < chunks; chunk++) {
      sum = {};
      const int64_t end = (chunk + 1) * rows / chunks;
#pragma unroll 4
      for (int64_t r = chunk * rows / chunks; r < end; r++)
        if (spec::row_number(__ldg(index.row(r)), table_rows) == row)
          sum = plus(sum, load<ALIGNED>(dtarget.row(r), column, columns));
      bool carry = true;
#pragma unroll
      for (int level = 0; level < 3; level++) {
        if (carry && chunk >> level & 1)
          sum = plus(parked[level], sum);
        else if (carry)
          parked[level] = sum, carry = false;
      }
    }
    store<ALIGNED>(dtable.row(row), column, columns, sum);
  }
};

}  // namespace

int rows_look_up(const elbo4j_rows_look_up& a, void* stream) {
  const Input table = input(a.table);
  const Output target = output(a.target);
  const int64_t columns = a.target.columns;
  return map_rows(LookUp{table, a.table.rows, input(a.index), target, columns}, aligned(columns, {table, target}),
                  a.target.rows, columns, stream);
}

int rows_look_up_gradient(const elbo4j_rows_look_up_gradient& a, void* stream) {
  const Input dtarget = input(a.d_target);
  const Output dtable = output(a.d_table);
  const int64_t columns = a.d_table.columns;
  return map_rows(LookUpGradient{dtarget, input(a.index), a.d_target.rows, a.d_table.rows, a.chunks, dtable, columns},
                  aligned(columns, {dtarget, dtable}), a.d_table.rows, columns, stream);
}

}  // namespace elbo4j::cuda
