# SPDX-License-Identifier: MIT
#
# Compiles each header of include/thorax/FOLDER alone with COMPILER, syntax only, every warning an error.

cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE headers RELATIVE ${ROOT}/include ${ROOT}/include/thorax/${FOLDER}/*.hpp)
foreach(header IN LISTS headers)
  # -include instead of naming the header as the main file, for which #pragma once is a warning.
  execute_process(
    COMMAND ${COMPILER} -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow -Wconversion
            -Wsign-conversion -Werror -I${ROOT}/include -include ${header} -x c++ /dev/null
    RESULT_VARIABLE status ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(SEND_ERROR "${header} does not compile alone:\n${output}")
  endif()
endforeach()
list(LENGTH headers count)
message(STATUS "${count} headers of ${FOLDER} compile alone")
