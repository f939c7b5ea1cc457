# SPDX-License-Identifier: MIT
#
# thorax_embed_weights(<target> <file> [NAME <name>]): the file becomes a part of the program, read-only and at a
# multiple of 64 bytes, as `std::span<const std::byte> embedded::<name>()` in "<name>.hpp". The name is the file's
# without its extension unless it is given. Any size costs less than a second: the assembler copies the bytes.

# thorax_reserved_words(<result>): keywords of C++20 and what compilers and <cstddef> define; no function can have
# such a name.
function(thorax_reserved_words result)
  set(${result}
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class compl
    concept const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype default delete
    do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable
    namespace new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast
    requires return short signed sizeof static static_assert static_cast struct switch template this thread_local
    throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq
    NULL offsetof linux unix i386 PARENT_SCOPE)
endfunction()

# A name with two underscores in a row, or one in front, is the compiler's.
function(_thorax_ensure_function_name name)
  thorax_reserved_words(words)
  if(name IN_LIST words OR NOT name MATCHES "^[A-Za-z][A-Za-z0-9_]*$" OR name MATCHES "__")
    message(FATAL_ERROR "thorax_embed_weights: '${name}' is no name for a function; give one with NAME")
  endif()
endfunction()

function(thorax_embed_weights target file)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "NAME" "")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR
      "thorax_embed_weights: expected <target> <file> [NAME <name>], found also ${arg_UNPARSED_ARGUMENTS}")
  endif()
  cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE
    OUTPUT_VARIABLE embedded_path)
  # The name stands in a string of the assembler, in a comment of C++ and in lists of CMake.
  if(embedded_path MATCHES "[\"\\\n\r;]")
    message(FATAL_ERROR
      "thorax_embed_weights: the path ${embedded_path} has a quote, a backslash, a semicolon or a line's end; rename it")
  endif()
  get_source_file_property(is_generated "${embedded_path}" GENERATED)
  if(NOT is_generated AND (NOT EXISTS "${embedded_path}" OR IS_DIRECTORY "${embedded_path}"))
    message(FATAL_ERROR "thorax_embed_weights: there is no file ${embedded_path}")
  endif()
  cmake_path(GET embedded_path FILENAME embedded_file)
  set(embedded_name "${arg_NAME}")
  if(embedded_name STREQUAL "")
    cmake_path(GET embedded_path STEM LAST_ONLY embedded_name)
  endif()
  _thorax_ensure_function_name("${embedded_name}")
  if(NOT TARGET "${target}")
    message(FATAL_ERROR "thorax_embed_weights: there is no target '${target}'; call it behind add_executable or add_library")
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded_weights/${target})
  foreach(kind IN ITEMS cpp hpp)
    configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embedded_weights.${kind}.in ${folder}/${embedded_name}.${kind}
      @ONLY)
  endforeach()
  set_source_files_properties(${folder}/${embedded_name}.cpp PROPERTIES OBJECT_DEPENDS "${embedded_path}")
  # The file itself is named, too: the build may make it.
  target_sources(${target} PRIVATE ${folder}/${embedded_name}.cpp "${embedded_path}")
  target_include_directories(${target} PRIVATE ${folder})
  target_compile_features(${target} PRIVATE cxx_std_20)
endfunction()
