# SPDX-License-Identifier: MIT
#
# thorax::dispatch: the kernels that predict, compiled once for each instruction set of the processor that is compiled
# for, in files of one line; the program takes the best that its machine has. The environment variable THORAX_ARCH
# takes another, by name.

option(THORAX_DISPATCH "Compile the kernels for several instruction sets; the program chooses when it starts" ON)
if(NOT THORAX_DISPATCH)
  return()
endif()

# Best first: name, what __builtin_cpu_supports is asked for, options of the compiler.
set(thorax_sets)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)  # clang++ 16 ends by a segmentation fault at products of bfloat16
    list(APPEND thorax_sets avx512_bf16)
  endif()
  list(APPEND thorax_sets avx512 avx2 sse2)
  set(thorax_avx512_bf16_needs avx512f avx512bw avx512cd avx512dq avx512vl fma avx512bf16)
  set(thorax_avx512_bf16_options -march=x86-64-v4 -mavx512bf16)
  set(thorax_avx512_needs avx512f avx512bw avx512cd avx512dq avx512vl fma)
  set(thorax_avx512_options -march=x86-64-v4)
  set(thorax_avx2_needs avx2 fma bmi bmi2)
  set(thorax_avx2_options -march=x86-64-v3)
  set(thorax_sse2_needs)
  set(thorax_sse2_options -march=x86-64)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  list(APPEND thorax_sets neon64)
  set(thorax_neon64_needs)
  set(thorax_neon64_options)
else()
  message(STATUS "thorax: kernels are compiled with the program, since there are no sets for ${CMAKE_SYSTEM_PROCESSOR}")
  return()
endif()

set(folder ${CMAKE_CURRENT_BINARY_DIR}/dispatch)
set(kernel_declarations "")
set(kernel_choices "")
set(kernel_files ${folder}/choices.cpp)
foreach(set IN LISTS thorax_sets)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/dispatch_kernels.cpp.in ${folder}/${set}.cpp @ONLY)
  set_source_files_properties(${folder}/${set}.cpp PROPERTIES COMPILE_OPTIONS "${thorax_${set}_options}")
  list(APPEND kernel_files ${folder}/${set}.cpp)
  set(supported "true")
  foreach(feature IN LISTS thorax_${set}_needs)
    string(APPEND supported " && __builtin_cpu_supports(\"${feature}\")")
  endforeach()
  string(APPEND kernel_declarations "extern const kernel_table ${set}_kernels;\n")
  string(APPEND kernel_choices "    {&kernels::${set}_kernels, ${supported}},\n")
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/dispatch_choices.cpp.in ${folder}/choices.cpp @ONLY)

add_library(thorax_dispatch STATIC ${kernel_files})
add_library(thorax::dispatch ALIAS thorax_dispatch)
set_target_properties(thorax_dispatch PROPERTIES EXPORT_NAME dispatch POSITION_INDEPENDENT_CODE ON)
target_compile_features(thorax_dispatch PUBLIC cxx_std_20)
# Unoptimized kernels are a hundred times slower, and nobody steps through them by accident.
target_compile_options(thorax_dispatch PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O3> $<$<CONFIG:Debug>:-O2>)
target_include_directories(thorax_dispatch PRIVATE ${thorax_include} $<TARGET_PROPERTY:xsimd,INTERFACE_INCLUDE_DIRECTORIES>)
target_compile_definitions(thorax_dispatch INTERFACE THORAX_DISPATCH)
target_link_libraries(thorax_inference INTERFACE thorax_dispatch)
