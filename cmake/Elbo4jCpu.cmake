# elbo4j_cpu: native/cpu/*.cpp, every operation once per instruction-set level, and dispatch.cpp once.
# CONFIGURE_DEPENDS: a new file is found by the next build.
file(GLOB ELBO4J_OPERATIONS CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/native/cpu/*.cpp")
set(ELBO4J_DISPATCH "${CMAKE_CURRENT_SOURCE_DIR}/native/cpu/dispatch.cpp")
list(REMOVE_ITEM ELBO4J_OPERATIONS "${ELBO4J_DISPATCH}")

# elbo4j_level_of_this_processor(<variable>): v2, v3 or v4, or nothing.
function(elbo4j_level_of_this_processor variable)
  set(CMAKE_REQUIRED_FLAGS -march=native)
  set(v4 __AVX512F__ __AVX512BW__ __AVX512CD__ __AVX512DQ__ __AVX512VL__)
  set(v3 __AVX2__ __FMA__ __BMI__ __BMI2__ __F16C__ __LZCNT__ __MOVBE__)
  set(v2 __SSE4_2__ __POPCNT__)
  set(${variable} "" PARENT_SCOPE)
  foreach(level v4 v3 v2)
    set(source "int main() { return 0; }\n")
    foreach(feature ${${level}})
      string(APPEND source "#ifndef ${feature}\n#error\n#endif\n")
    endforeach()
    check_cxx_source_compiles("${source}" ELBO4J_IS_${level})
    if(ELBO4J_IS_${level})
      set(${variable} ${level} PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

set(ELBO4J_CPU_LEVELS all CACHE STRING "beside generic: all, or native, the best one of this processor alone")
check_cxx_source_compiles("#ifndef __x86_64__\n#error\n#endif\nint main() { return 0; }" ELBO4J_X86)
set(ELBO4J_LEVELS generic)
if(ELBO4J_X86)
  check_cxx_compiler_flag(-march=x86-64-v4 ELBO4J_HAS_LEVELS)
  if(NOT ELBO4J_HAS_LEVELS)
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} has no -march=x86-64-v4; GCC 11, Clang 12 or newer is needed")
  endif()
  set(levels v2 v3 v4)
  if(ELBO4J_CPU_LEVELS STREQUAL "native")
    elbo4j_level_of_this_processor(levels)
  endif()
  list(APPEND ELBO4J_LEVELS ${levels})
  set(ELBO4J_FLAGS_v2 -march=x86-64-v2)
  set(ELBO4J_FLAGS_v3 -march=x86-64-v3)
  set(ELBO4J_FLAGS_v4 -march=x86-64-v4 -mprefer-vector-width=512)
endif()

add_library(elbo4j_cpu INTERFACE)

function(elbo4j_cpu_objects name)
  add_library(${name} OBJECT ${ARGN})
  target_link_libraries(${name} PRIVATE elbo4j_flags)
  foreach(folder spec include operations cpu)
    target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/native/${folder}")
  endforeach()
  target_sources(elbo4j_cpu INTERFACE $<TARGET_OBJECTS:${name}>)
endfunction()

elbo4j_cpu_objects(elbo4j_cpu_dispatch "${ELBO4J_DISPATCH}")
elbo4j_add_operations(elbo4j_cpu_dispatch cpu)
if(ELBO4J_X86)
  target_compile_definitions(elbo4j_cpu_dispatch PRIVATE ELBO4J_X86=1)
endif()

set(guarded "")
set(guarded_targets "")
foreach(level ${ELBO4J_LEVELS})
  elbo4j_cpu_objects(elbo4j_cpu_${level} ${ELBO4J_OPERATIONS})
  target_compile_definitions(elbo4j_cpu_${level} PRIVATE ELBO4J_LEVEL=${level})
  target_compile_definitions(elbo4j_cpu_dispatch PRIVATE ELBO4J_LEVEL_${level}=1)
  target_compile_options(elbo4j_cpu_${level} PRIVATE ${ELBO4J_FLAGS_${level}})
  if(NOT level STREQUAL generic)
    list(APPEND guarded $<TARGET_OBJECTS:elbo4j_cpu_${level}>)
    list(APPEND guarded_targets elbo4j_cpu_${level})
  endif()
endforeach()

# An inline function that two levels share by name is one function after linking, and it may be the one with AVX-512
# instructions: an illegal instruction on an older processor, seen by nobody here. So such names fail the build.
if(guarded AND CMAKE_NM)
  set(stamp "${CMAKE_CURRENT_BINARY_DIR}/levels-are-separate")
  set(list_file "${CMAKE_CURRENT_BINARY_DIR}/level-objects.txt")
  file(GENERATE OUTPUT "${list_file}" CONTENT "$<JOIN:${guarded},\n>\n")
  add_custom_command(OUTPUT "${stamp}"
    COMMAND "${CMAKE_COMMAND}" "-DNM=${CMAKE_NM}" "-DLIST=${list_file}" -P "${CMAKE_CURRENT_SOURCE_DIR}/cmake/CheckLevels.cmake"
    COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
    DEPENDS ${guarded} "${CMAKE_CURRENT_SOURCE_DIR}/cmake/CheckLevels.cmake"
    VERBATIM)
  add_custom_target(elbo4j_cpu_check ALL DEPENDS "${stamp}")
  # make, unlike ninja, knows no rule for another target's object files
  add_dependencies(elbo4j_cpu_check ${guarded_targets})
endif()
