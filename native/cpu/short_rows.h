// Loops over the elements of rows that may be a few floats each: entering a loop of vectors takes longer than four
// elements. Rows that lie one after the other are one row, and others are as many elements as the compiler is told. The
// empty asm keeps it from gathering single elements of several rows, which takes twice as long.
#pragma once
#include "level.h"

namespace elbo4j::ELBO4J_LEVEL {

enum : int { SHORT_ROW = 8 };

template <int COLUMNS, class F> static inline void short_rows(int64_t begin, int64_t end, int columns, F f) {
  if constexpr (COLUMNS > 0) {
    if (columns < COLUMNS) return short_rows<COLUMNS - 1>(begin, end, columns, f);
    for (int64_t r = begin; r < end; r++) {
      for (int i = 0; i < COLUMNS; i++) f(r, i);
      if (COLUMNS == 1) asm volatile("");
    }
  }
}

// f(row, column) of each element of rows [begin, end): where they are consecutive, all of them as columns of the first.
template <class F>
static inline void for_each_element(int64_t begin, int64_t end, int64_t columns, bool consecutive, F f) {
  if (!consecutive && columns <= SHORT_ROW) return short_rows<SHORT_ROW>(begin, end, (int)columns, f);
  const int64_t rows = consecutive && begin < end ? begin + 1 : end;
  const int64_t count = consecutive ? (end - begin) * columns : columns;
  for (int64_t r = begin; r < rows; r++) ELBO4J_SIMD for (int64_t i = 0; i < count; i++) f(r, i);
}

}  // namespace elbo4j::ELBO4J_LEVEL
