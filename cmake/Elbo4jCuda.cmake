# elbo4j_cuda: native/cuda/*.cu by nvcc, machine code (SASS) for the GPUs from Turing on, or for ELBO4J_CUDA_GPUS alone,
# and PTX for those to come. The CUDA run time is linked statically: the library needs nothing but the driver.
set(wanted 75 80 86 89 90 100 120)
if(ELBO4J_CUDA_GPUS)
  set(wanted ${ELBO4J_CUDA_GPUS})
endif()

# CMake hides why a compiler fails (most often a C++ compiler that is too new for it): nvcc says it.
if(CMAKE_CUDA_COMPILER)
  set(trial "${CMAKE_CURRENT_BINARY_DIR}/trial.cu")
  file(WRITE "${trial}" "__global__ void trial() {}\n")
  set(host_compiler "")
  if(DEFINED ENV{CUDAHOSTCXX})
    set(host_compiler "-ccbin=$ENV{CUDAHOSTCXX}")
  endif()
  execute_process(COMMAND "${CMAKE_CUDA_COMPILER}" ${host_compiler} -arch=sm_75 -c "${trial}" -o "${trial}.o"
    RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(failed)
    string(REGEX REPLACE "[ .!\n]+$" "" said "${said}")
    string(REGEX REPLACE "[ \n]+" " " said "${said}")
    message(FATAL_ERROR "${CMAKE_CUDA_COMPILER} cannot compile (status ${failed}) ${said}.")
  endif()
endif()

set(CMAKE_CUDA_ARCHITECTURES 75-real) # for CMake's own trial
enable_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER_ID STREQUAL "NVIDIA" OR CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 12.0)
  message(FATAL_ERROR "the CUDA compiler is ${CMAKE_CUDA_COMPILER_ID} ${CMAKE_CUDA_COMPILER_VERSION}; "
    "nvcc 12.0 or newer is needed")
endif()
find_package(CUDAToolkit REQUIRED)

# nvcc makes these texts (PTX) and no others; the assembler translates one for each GPU up to the next: half of the time.
set(texts 75 80 100)
# An older nvcc compiles for what it knows, and its newest text serves the GPUs that it does not know.
execute_process(COMMAND "${CMAKE_CUDA_COMPILER}" --list-gpu-code OUTPUT_VARIABLE known ERROR_QUIET)
set(targets "")
set(made "")
foreach(architecture ${wanted})
  if(known MATCHES "sm_${architecture}([^0-9]|$)")
    foreach(text ${texts})
      if(NOT text GREATER architecture)
        set(newest ${text})
      endif()
    endforeach()
    list(APPEND made ${newest})
    list(APPEND gpus_${newest} ${architecture})
    list(APPEND targets "--generate-code=arch=compute_${newest},code=sm_${architecture}")
  endif()
endforeach()
# of the GPUs that are here none may be known
if(newest)
  list(APPEND targets "--generate-code=arch=compute_${newest},code=compute_${newest}")
endif()
if(NOT newest OR NOT ELBO4J_CUDA_GPUS)
  list(APPEND made 75)
  if(NOT gpus_75)
    set(gpus_75 75)
  endif()
  list(APPEND targets "--generate-code=arch=compute_75,code=compute_75")
endif()
list(REMOVE_DUPLICATES made)
list(REMOVE_DUPLICATES targets)
set(CMAKE_CUDA_ARCHITECTURES OFF) # the targets say it
message(STATUS "elbo4j: nvcc ${CMAKE_CUDA_COMPILER_VERSION}, ${targets}")

# CheckCuda.java reads the texts, and the tests run them: a line for each, with the GPUs that have its code
set(kept "${CMAKE_CURRENT_BINARY_DIR}/kept")
set(lines "")
foreach(text ${made})
  string(APPEND lines "${text};${gpus_${text}}\n")
endforeach()
file(WRITE "${kept}/texts" "${lines}")

# CONFIGURE_DEPENDS: a new file is found by the next build.
file(GLOB ELBO4J_CUDA_SOURCES CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/native/cuda/*.cu")
add_library(elbo4j_cuda OBJECT ${ELBO4J_CUDA_SOURCES})
# the table, which holds no kernel, by the C++ compiler
add_library(elbo4j_cuda_table OBJECT "${CMAKE_CURRENT_SOURCE_DIR}/native/cuda/operations.cpp")
elbo4j_add_operations(elbo4j_cuda_table cuda)
target_sources(elbo4j_cuda INTERFACE $<TARGET_OBJECTS:elbo4j_cuda_table>)
foreach(folder spec include operations cuda)
  target_include_directories(elbo4j_cuda PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/native/${folder}")
  target_include_directories(elbo4j_cuda_table PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/native/${folder}")
endforeach()
# no contraction and no fast math, as everywhere
# threads: two GPUs at a time, so that the longest file does not keep all waiting
target_compile_options(elbo4j_cuda PRIVATE ${targets} -fmad=false --threads=2 --keep "--keep-dir=${kept}"
  -Xcompiler=-Wall,-Wextra,-Wno-unknown-pragmas,-ffunction-sections,-fdata-sections)
# with CUDA 12 it would need a newer driver than the rest
if(CMAKE_CUDA_COMPILER_VERSION VERSION_GREATER_EQUAL 13.0)
  target_compile_options(elbo4j_cuda PRIVATE --compress-mode=size)
else()
  target_compile_options(elbo4j_cuda PRIVATE -Xfatbin=-compress-all)
endif()
if(ELBO4J_WERROR)
  target_compile_options(elbo4j_cuda PRIVATE -Werror=all-warnings)
endif()
target_link_libraries(elbo4j_cuda INTERFACE CUDA::cudart_static)
