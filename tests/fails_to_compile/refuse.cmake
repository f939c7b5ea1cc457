# SPDX-License-Identifier: MIT
#
# Compiles SOURCE with COMPILER and passes when it is refused as it should be: exactly one error, and every
# line `// expect: <regular expression>` of the source matches what the compiler wrote. An expectation that
# holds for one compiler only is written `// expect(g++): …` or `// expect(clang++): …`.

cmake_minimum_required(VERSION 3.25)

cmake_path(GET COMPILER FILENAME compiler)
string(REGEX REPLACE "-[0-9.]+$" "" compiler ${compiler})

file(STRINGS ${SOURCE} expectations REGEX "^// expect")
set(wanted "")
foreach(line IN LISTS expectations)
  if(line MATCHES "^// expect: (.+)$")
    list(APPEND wanted "${CMAKE_MATCH_1}")
  elseif(line MATCHES "^// expect\\(([^)]+)\\): (.+)$")
    if(CMAKE_MATCH_1 STREQUAL compiler)
      list(APPEND wanted "${CMAKE_MATCH_2}")
    endif()
  else()
    message(FATAL_ERROR "${SOURCE}: cannot read the expectation '${line}'")
  endif()
endforeach()
if(NOT wanted)
  message(FATAL_ERROR "${SOURCE} has no line '// expect: …' for ${compiler}")
endif()

execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${COMPILER} -std=c++20 -fsyntax-only -I${INCLUDE} ${SOURCE}
  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(status EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiled; it was written to be refused")
endif()

foreach(pattern IN LISTS wanted)
  if(NOT output MATCHES "${pattern}")
    message(SEND_ERROR "${compiler} did not say: ${pattern}\nIt said:\n${output}")
  endif()
endforeach()
string(REGEX MATCHALL ": (fatal )?error: " errors "${output}")
list(LENGTH errors count)
if(NOT count EQUAL 1)
  message(SEND_ERROR "one mistake must give one error, ${compiler} gave ${count}:\n${output}")
endif()

string(REGEX MATCHALL "\n" lines "${output}")
list(LENGTH lines lines)
string(LENGTH "${output}" characters)
message(STATUS "${compiler}: ${count} error, ${lines} lines, ${characters} characters\n${output}")
