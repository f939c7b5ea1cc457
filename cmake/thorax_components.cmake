# SPDX-License-Identifier: MIT
#
# The components and the headers of each. A header stands with the component whose packages it needs, so
# that `all_verify_interface_header_sets` compiles every header with nothing more than that.
#
#   thorax::thorax     networks, plans, the reference backend, models   xtensor, threads
#   thorax::inference  the half of the cpu backend that predicts        xsimd, thorax::dispatch
#   thorax::cpu        the cpu backend                                  OpenBLAS, thorax::inference
#   thorax::image      files to pictures and back                       libjpeg, libpng
#   thorax::data       films, training, evaluation                      range-v3, thorax::image
#   thorax::cuda       the backend cuda, compiled (thorax_cuda.cmake)   CUDA's toolkit, where it is built
#   thorax::all        <thorax/thorax.hpp>, <thorax/training.hpp>       all of these
#
# Two small libraries hold what is better compiled once: thorax::dispatch, the kernels of thorax::inference for several
# instruction sets (thorax_dispatch.cmake), and thorax::explanations, heat maps by the cpu backend, for which every
# program would compile all kernels of training. With THORAX_DISPATCH=OFF a program compiles both itself.

find_package(Threads REQUIRED)
find_package(xtensor REQUIRED)
find_package(xsimd)
find_package(OpenBLAS MODULE)
find_package(JPEG)
find_package(PNG)
find_package(range-v3)

set(thorax_include ${CMAKE_CURRENT_SOURCE_DIR}/include)
set(thorax_components thorax)

# thorax_headers(<out> <folder or pattern>...): headers below include/thorax
function(thorax_headers out)
  list(TRANSFORM ARGN PREPEND ${thorax_include}/thorax/)
  file(GLOB found CONFIGURE_DEPENDS ${ARGN})
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# thorax_component(<name> HEADERS <pattern>... LINKS <target>...)
function(thorax_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LINKS")
  thorax_headers(headers ${arg_HEADERS})
  if(name STREQUAL thorax)
    set(target thorax)
    list(FILTER headers EXCLUDE REGEX "/image/(read|write)[^/]*$")
  else()
    set(target thorax_${name})
  endif()
  if(name STREQUAL cpu)
    list(FILTER headers EXCLUDE REGEX "/backend/cpu/(cpu_inference|predictor)")
  endif()
  add_library(${target} INTERFACE)
  add_library(thorax::${name} ALIAS ${target})
  target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS ${thorax_include} FILES ${headers})
  target_compile_features(${target} INTERFACE cxx_std_20)
  target_link_libraries(${target} INTERFACE ${arg_LINKS})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} VERIFY_INTERFACE_HEADER_SETS ON)
  if(NOT name STREQUAL thorax)
    set(thorax_components ${thorax_components} ${name} PARENT_SCOPE)
  endif()
endfunction()

thorax_component(thorax
  HEADERS base/*.hpp tensor/*.hpp image/*.hpp graph/*.hpp plan/*.hpp backend/*.hpp backend/reference/*.hpp
          backend/cuda/*.hpp layers/*.hpp networks/*.hpp model/*.hpp explain/*.hpp
  LINKS Threads::Threads xtensor)

if(xsimd_FOUND)
  thorax_component(inference
    HEADERS backend/cpu/kernels/*.hpp backend/cpu/cpu_inference.hpp backend/cpu/predictor.hpp
    LINKS thorax::thorax xsimd)
  include(thorax_dispatch)
endif()
if(TARGET thorax::inference AND OpenBLAS_FOUND)
  thorax_component(cpu HEADERS backend/cpu/*.hpp LINKS thorax::inference OpenBLAS::OpenBLAS)
endif()
if(JPEG_FOUND AND PNG_FOUND)
  thorax_component(image HEADERS image/read*.hpp image/write*.hpp LINKS thorax::thorax JPEG::JPEG PNG::PNG)
endif()
if(TARGET thorax::image AND range-v3_FOUND)
  thorax_component(data
    HEADERS data/*.hpp train/*.hpp evaluate/*.hpp
    LINKS thorax::image range-v3::range-v3)
endif()
include(thorax_cuda)
if(TARGET thorax::cpu AND TARGET thorax::data)
  thorax_component(all HEADERS thorax.hpp training.hpp LINKS thorax::cpu thorax::data)
  if(TARGET thorax_cuda)
    target_link_libraries(thorax_all INTERFACE thorax_cuda)
  endif()
  if(TARGET thorax_dispatch)
    add_library(thorax_explanations STATIC ${CMAKE_CURRENT_LIST_DIR}/explanations.cpp)
    add_library(thorax::explanations ALIAS thorax_explanations)
    set_target_properties(thorax_explanations PROPERTIES EXPORT_NAME explanations POSITION_INDEPENDENT_CODE ON)
    target_compile_options(thorax_explanations PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O3>)
    target_compile_definitions(thorax_explanations INTERFACE THORAX_EXPLANATIONS)
    target_link_libraries(thorax_explanations PUBLIC thorax_cpu)
    target_link_libraries(thorax_all INTERFACE thorax_explanations)
  endif()
else()
  message(STATUS "thorax: left out a component whose packages are missing (found: ${thorax_components})")
endif()
