# SPDX-License-Identifier: MIT
#
# thorax_embed_weights(<target> <file> [NAME <name>]): the file becomes a part of the program, read-only and at a
# multiple of 64 bytes, as `std::span<const std::byte> embedded::<name>()` in "<name>.hpp". The name is the file's
# without its extension unless it is given. Any size costs less than a second: the assembler copies the bytes.

function(thorax_embed_weights target file)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "NAME" "")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "thorax_embed_weights: expected <target> <file> [NAME <name>], found also ${arg_UNPARSED_ARGUMENTS}")
  endif()
  cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE embedded_path)
  get_source_file_property(is_generated ${embedded_path} GENERATED)
  if(NOT is_generated AND NOT EXISTS ${embedded_path})
    message(FATAL_ERROR "thorax_embed_weights: there is no file ${embedded_path}")
  endif()
  if(embedded_path MATCHES "[\"\\\n]")
    message(FATAL_ERROR "thorax_embed_weights: the path of ${embedded_path} has a quote or a backslash; rename it")
  endif()
  cmake_path(GET embedded_path FILENAME embedded_file)
  set(embedded_name ${arg_NAME})
  if(NOT embedded_name)
    cmake_path(GET embedded_path STEM LAST_ONLY embedded_name)
  endif()
  if(NOT embedded_name MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "thorax_embed_weights: '${embedded_name}' is no name for a function; give one with NAME")
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded_weights/${target})
  foreach(kind IN ITEMS cpp hpp)
    configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embedded_weights.${kind}.in ${folder}/${embedded_name}.${kind} @ONLY)
  endforeach()
  set_source_files_properties(${folder}/${embedded_name}.cpp PROPERTIES OBJECT_DEPENDS ${embedded_path})
  target_sources(${target} PRIVATE ${folder}/${embedded_name}.cpp ${embedded_path})  # the latter may be made by the build
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
