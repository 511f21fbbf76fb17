# elbo4j_add_operations(<target> <api>): the table of operations, for the sources that hold it: elbo4j_operations.h,
# made of the files in native/operations, and ELBO4J_HEADER, the hash of the API's headers.
# CONFIGURE_DEPENDS: a new operation is a new file, and nothing else.
function(elbo4j_add_operations target api)
  set(native "${CMAKE_CURRENT_SOURCE_DIR}/native")
  file(GLOB headers CONFIGURE_DEPENDS "${native}/operations/*.h")
  set(includes "")
  set(names "")
  foreach(header ${headers})
    get_filename_component(name "${header}" NAME_WE)
    string(APPEND includes "#include \"${name}.h\"\n")
    string(APPEND names " \\\n  OPERATION(${name})")
  endforeach()
  set(generated "${CMAKE_CURRENT_BINARY_DIR}/generated")
  file(GENERATE OUTPUT "${generated}/elbo4j_operations.h"
    CONTENT "// Made by CMake: all operations.\n#pragma once\n${includes}\n#define ELBO4J_OPERATIONS(OPERATION)${names}\n")
  target_include_directories(${target} PRIVATE "${generated}")

  # as cmake/ParseHeader.java computes it for the Java side
  set(hashes "")
  foreach(header "elbo4j_${api}.h" elbo4j_arguments.h)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${native}/include/${header}")
    file(SHA256 "${native}/include/${header}" hash)
    string(APPEND hashes "${hash}")
  endforeach()
  string(SHA256 hash "${hashes}")
  target_compile_definitions(${target} PRIVATE "ELBO4J_HEADER=\"${hash}\"")
endfunction()
