# SPDX-License-Identifier: MIT
#
# Each header has a test at the same place, which includes that header before anything else.

cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE headers RELATIVE ${ROOT}/include/thorax ${ROOT}/include/thorax/*/*.hpp)
foreach(header IN LISTS headers)
  string(REGEX REPLACE "\\.hpp$" ".test.cpp" test tests/${header})
  if(NOT EXISTS ${ROOT}/${test})
    message(SEND_ERROR "thorax/${header} has no test ${test}")
    continue()
  endif()
  file(STRINGS ${ROOT}/${test} first REGEX "^#include" LIMIT_COUNT 1)
  if(NOT first MATCHES "^#include <thorax/${header}>")
    message(SEND_ERROR "${test} must include <thorax/${header}> first, it has: ${first}")
  endif()
endforeach()
list(LENGTH headers count)
message(STATUS "${count} headers looked at")
