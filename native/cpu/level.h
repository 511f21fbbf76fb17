// Every file here is compiled once for each instruction-set level, and all of it lives in that level's namespace: an
// inline function that two levels shared by name would be one function after linking, perhaps the one with AVX-512 in
// it. For the same reason no container or algorithm of the standard library is used.
#pragma once
#include <cstdint>

#define ELBO4J_SIMD _Pragma("omp simd")

namespace elbo4j::ELBO4J_LEVEL {

template <class T> static inline T smaller(T x, T y) { return x < y ? x : y; }

static inline int round_up(int x, int multiple) { return (x + multiple - 1) / multiple * multiple; }

}  // namespace elbo4j::ELBO4J_LEVEL
