// Rows of 64 columns, a width that many layers have: most of the time of a row of some vectors goes into the questions
// how many there are, which a compiler that knows leaves out.
#pragma once
#include "elbo4j_arguments.h"
#include "level.h"

namespace elbo4j::ELBO4J_LEVEL {

struct CommonWidth {
  constexpr operator int64_t() const { return 64; }
};

// f(columns), where columns is a constant if they are as many.
template <class F> static ELBO4J_INLINE void with_columns(int64_t columns, F f) {
  if (columns == CommonWidth()) return f(CommonWidth());
  f(columns);
}

}  // namespace elbo4j::ELBO4J_LEVEL
