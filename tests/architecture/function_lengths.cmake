# SPDX-License-Identifier: MIT
#
# No function body is longer than 40 lines, in the library and in the programs.

cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE sources RELATIVE ${ROOT}
  ${ROOT}/include/*.hpp ${ROOT}/include/*.cuh ${ROOT}/examples/*.hpp ${ROOT}/examples/*.cpp
  ${ROOT}/weights_tools/*.hpp ${ROOT}/weights_tools/*.cpp ${ROOT}/benchmarks/*.cpp)
execute_process(
  COMMAND awk -v most=40 -f ${CMAKE_CURRENT_LIST_DIR}/scripts/function_lengths.awk ${sources}
  WORKING_DIRECTORY ${ROOT} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${output}")
endif()
message(STATUS "${output}")
