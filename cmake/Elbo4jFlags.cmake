# elbo4j_flags: how our own sources are compiled, so that every level and every compiler gives the same bits.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)

if(NOT CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  message(FATAL_ERROR "the C++ compiler is ${CMAKE_CXX_COMPILER_ID}; GCC or Clang is needed")
endif()
if("${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_RELEASE}" MATCHES "-ffast-math|-Ofast|-funsafe-math|-fassociative-math|-ffinite-math|-freciprocal-math")
  message(FATAL_ERROR "CXXFLAGS hold ${CMAKE_MATCH_0}, which changes results")
endif()

add_library(elbo4j_flags INTERFACE)
target_compile_options(elbo4j_flags INTERFACE
  # GCC contracts a*b+c to an fma by default, even in a standard mode
  -O3 -ffp-contract=off
  # neither errno nor the exception flags are read: without this, sqrt and comparisons do not vectorise
  -fno-math-errno -fno-trapping-math
  # no OpenMP run time, only "omp simd"
  -fopenmp-simd
  -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections -Wall -Wextra)
# GCC's jump threading splits select-like branches into paths that no longer vectorise; Clang has no such option
check_cxx_compiler_flag(-fno-thread-jumps ELBO4J_HAS_NO_THREAD_JUMPS)
if(ELBO4J_HAS_NO_THREAD_JUMPS)
  target_compile_options(elbo4j_flags INTERFACE -fno-thread-jumps)
endif()
if(ELBO4J_WERROR)
  target_compile_options(elbo4j_flags INTERFACE -Werror)
endif()
