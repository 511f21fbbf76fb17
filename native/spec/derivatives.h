// The derivatives of a likelihood with respect to its N parameters.
#pragma once

namespace elbo4j::spec {

template <int N> struct Derivatives { float of[N]; };

}  // namespace elbo4j::spec
