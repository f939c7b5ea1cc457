# SPDX-License-Identifier: MIT
#
# <thorax/thorax.hpp> names every header once, and no other header includes it.

cmake_minimum_required(VERSION 3.25)

file(STRINGS ${ROOT}/include/thorax/thorax.hpp includes REGEX "^#include +<thorax/")
list(TRANSFORM includes REPLACE "^#include +<thorax/([^>]+)>.*" "\\1")
set(unique ${includes})
list(REMOVE_DUPLICATES unique)
if(NOT unique STREQUAL includes)
  message(SEND_ERROR "thorax.hpp names a header twice")
endif()

file(GLOB_RECURSE headers RELATIVE ${ROOT}/include/thorax ${ROOT}/include/thorax/*/*.hpp)
foreach(header IN LISTS headers)
  if(NOT header IN_LIST includes)
    message(SEND_ERROR "thorax.hpp does not name ${header}")
  endif()
  file(STRINGS ${ROOT}/include/thorax/${header} whole REGEX "^#include +[<\"]thorax/thorax\\.hpp")
  if(whole)
    message(SEND_ERROR "${header} includes the umbrella, which is for programs")
  endif()
endforeach()
list(REMOVE_ITEM includes ${headers})
if(includes)
  message(SEND_ERROR "thorax.hpp names what is not there: ${includes}")
endif()
