# SPDX-License-Identifier: MIT
#
# Each header has a page at the same place in docs/reference, and each page has its header.

cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE headers RELATIVE ${ROOT}/include/thorax
     ${ROOT}/include/thorax/*/*.hpp ${ROOT}/include/thorax/*/*.cuh)
foreach(header IN LISTS headers)
  string(REGEX REPLACE "\\.(hpp|cuh)$" ".md" page ${header})
  if(NOT EXISTS ${ROOT}/docs/reference/${page})
    message(SEND_ERROR "thorax/${header} has no page docs/reference/${page}")
  endif()
endforeach()
file(GLOB_RECURSE pages RELATIVE ${ROOT}/docs/reference ${ROOT}/docs/reference/*/*.md)
foreach(page IN LISTS pages)
  string(REGEX REPLACE "\\.md$" ".hpp" header ${page})
  string(REGEX REPLACE "\\.md$" ".cuh" definition ${page})
  if(NOT EXISTS ${ROOT}/include/thorax/${header} AND NOT EXISTS ${ROOT}/include/thorax/${definition})
    message(SEND_ERROR "docs/reference/${page} describes thorax/${header}, which is not there")
  endif()
endforeach()
