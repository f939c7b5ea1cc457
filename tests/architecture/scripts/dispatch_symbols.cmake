# SPDX-License-Identifier: MIT
#
# The kernels of several instruction sets stand in one program. A function that is no template over its set, such as
# one of the standard library, would be there several times, and the linker might keep the copy with instructions that
# a machine has not. So every symbol that the linker may merge must name its set.

cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${NM} -C --defined-only ${LIBRARY} OUTPUT_VARIABLE symbols RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${NM} could not read ${LIBRARY}")
endif()
string(REPLACE ";" "," symbols "${symbols}")
string(REPLACE "\n" ";" symbols "${symbols}")
set(looked_at 0)
foreach(line IN LISTS symbols)
  if(line MATCHES "^([a-z0-9_]+)\\.cpp\\.o:$")
    set(set ${CMAKE_MATCH_1})
    string(REGEX REPLACE "avx512_(.*)" "avx512_\\1|\\1_pairs" names ${set})
  elseif(NOT set STREQUAL choices AND line MATCHES "^[0-9a-f]+ [VvWwu] (.*)$")
    set(symbol "${CMAKE_MATCH_1}")
    math(EXPR looked_at "${looked_at} + 1")
    if(NOT symbol MATCHES "thorax::kernels::(${names})[^a-z0-9_]" AND NOT symbol STREQUAL "DW.ref.__gxx_personality_v0")
      message(SEND_ERROR "${set}.cpp defines ${symbol}, which does not name its instruction set")
    endif()
  endif()
endforeach()
if(looked_at LESS 20)
  message(SEND_ERROR "only ${looked_at} symbols found in ${LIBRARY}: is this the right file?")
endif()
message(STATUS "${looked_at} symbols name their instruction set")
