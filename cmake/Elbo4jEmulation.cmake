# elbo4j_emulation: native/cuda/*.cu compiled for the CPU against tests/emulation, for tests on machines without a GPU.
# elbo4j_emulation_self_test is tests/emulation/self_test.cu, which EmulationSelfTest of the Java tests runs.
#
# A JVM needs the run time of the sanitizers loaded before everything else, and handles its own signals:
#   LD_PRELOAD=$(g++ -print-file-name=libasan.so)
#   ASAN_OPTIONS=detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0
#   UBSAN_OPTIONS=print_stacktrace=1
option(ELBO4J_EMULATION_SANITIZE "kernels with the address and undefined-behaviour sanitizers" OFF)
include(CheckCXXCompilerFlag)

if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux" OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  message(FATAL_ERROR "the emulation of CUDA needs GCC on Linux")
endif()

set(sanitizers "")
add_library(elbo4j_emulation_flags INTERFACE)
foreach(folder native/spec native/include native/operations native/cuda)
  target_include_directories(elbo4j_emulation_flags INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}/${folder}")
endforeach()
target_compile_options(elbo4j_emulation_flags INTERFACE
  # the bits of native/cpu, and float4 accesses to floats, which CUDA allows
  -O2 -ffp-contract=off -fno-math-errno -fno-strict-aliasing
  -Wall -Wextra -Wno-unknown-pragmas)
# the instruction of spec::fma, without which it takes ten; what is built here runs here
check_cxx_compiler_flag(-march=native ELBO4J_HAS_NATIVE)
if(ELBO4J_HAS_NATIVE AND NOT CMAKE_CROSSCOMPILING)
  target_compile_options(elbo4j_emulation_flags INTERFACE -march=native)
endif()
if(ELBO4J_WERROR)
  target_compile_options(elbo4j_emulation_flags INTERFACE -Werror)
endif()
if(ELBO4J_EMULATION_SANITIZE)
  list(APPEND sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_compile_options(elbo4j_emulation_flags INTERFACE ${sanitizers} -fno-omit-frame-pointer -g1)
endif()

# elbo4j_emulation_sources(<variable> <files.cu>): one .cpp for each, as CMake takes .cu for another language.
function(elbo4j_emulation_sources variable)
  set(sources "")
  foreach(source ${ARGN})
    get_filename_component(name "${source}" NAME_WE)
    set(wrapper "${CMAKE_CURRENT_BINARY_DIR}/emulation/${name}.cpp")
    file(GENERATE OUTPUT "${wrapper}" CONTENT "#include \"${source}\"\n")
    list(APPEND sources "${wrapper}")
  endforeach()
  set(${variable} ${sources} PARENT_SCOPE)
endfunction()

# CONFIGURE_DEPENDS: a new file is found by the next build.
file(GLOB kernels CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/native/cuda/*.cu")
elbo4j_emulation_sources(sources ${kernels})
set(emulation "${CMAKE_CURRENT_SOURCE_DIR}/tests/emulation")
file(GLOB run_time CONFIGURE_DEPENDS "${emulation}/*.cpp" "${emulation}/ptx/*.cpp")
# rows of 32 lanes, for which the cheap vectorising of -O2 is not enough
set_source_files_properties("${emulation}/ptx/instructions.cpp" PROPERTIES COMPILE_OPTIONS -O3)
# as with CUDA, the C++ compiler's part finds no run time (Elbo4jCuda.cmake)
add_library(elbo4j_emulation_table OBJECT "${CMAKE_CURRENT_SOURCE_DIR}/native/cuda/operations.cpp")
elbo4j_add_operations(elbo4j_emulation_table cuda)
target_link_libraries(elbo4j_emulation_table PRIVATE elbo4j_emulation_flags)
add_library(elbo4j_emulation OBJECT ${sources} ${run_time})
target_include_directories(elbo4j_emulation PRIVATE "${emulation}")
target_link_libraries(elbo4j_emulation PRIVATE elbo4j_emulation_flags INTERFACE ${CMAKE_DL_LIBS})
target_sources(elbo4j_emulation INTERFACE $<TARGET_OBJECTS:elbo4j_emulation_table>)
# the last word on symbols: function names stay, for the reports
target_link_options(elbo4j_emulation INTERFACE ${sanitizers} -Wl,--strip-debug)

elbo4j_emulation_sources(sources "${emulation}/self_test.cu")
add_executable(elbo4j_emulation_self_test ${sources} ${run_time})
target_include_directories(elbo4j_emulation_self_test PRIVATE "${emulation}")
target_link_libraries(elbo4j_emulation_self_test PRIVATE elbo4j_emulation_flags ${CMAKE_DL_LIBS})
target_link_options(elbo4j_emulation_self_test PRIVATE ${sanitizers})
