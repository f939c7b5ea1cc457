# SPDX-License-Identifier: MIT
#
# ctest is told the names of tests as a list: one with ; is two that do not exist, and [ swallows its neighbors.

cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/tests/*.test.cpp)
foreach(source IN LISTS sources)
  file(STRINGS ${ROOT}/${source} wrong REGEX "^TEST_CASE\\(\"[^\"]*[][;\\]")
  if(wrong)
    message(SEND_ERROR "${source}: the name of a test has one of [ ] ; \\ : ${wrong}")
  endif()
endforeach()
list(LENGTH sources count)
message(STATUS "${count} files looked at")
