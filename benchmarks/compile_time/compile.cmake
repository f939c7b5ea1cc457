# SPDX-License-Identifier: MIT
#
# Compiles FILE as a release build does and with clang's statistics, and holds it to its budget.

cmake_minimum_required(VERSION 3.25)

# As for everybody who links thorax::all.
set(flags -std=c++20 -DTHORAX_DISPATCH -DTHORAX_EXPLANATIONS -I${ROOT}/include -include ${ROOT}/${FILE} -x c++ /dev/null)

# measured(<what> <flag>...)
function(measured what)
  execute_process(
    COMMAND ${MEASURE} ${MEGABYTES} ${COMPILER} ${ARGN} ${flags}
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors OUTPUT_STRIP_TRAILING_WHITESPACE)
  message(STATUS "${FILE}, ${what}: ${output}")
  if(NOT status EQUAL 0)
    message(SEND_ERROR "${errors}")
  endif()
endfunction()

measured("syntax only" -fsyntax-only)
measured("release" -O3 -DNDEBUG -c -o /dev/null)

if(CLANG)
  execute_process(
    COMMAND ${CLANG} -fsyntax-only -Xclang -print-stats ${flags}
    RESULT_VARIABLE status ERROR_VARIABLE output)
  if(NOT status EQUAL 0 OR NOT output MATCHES "([0-9]+) ClassTemplateSpecialization decls")
    message(FATAL_ERROR "${CLANG} cannot compile ${FILE}:\n${output}")
  endif()
  set(found ${CMAKE_MATCH_1})
  message(STATUS "${FILE}, clang++: ${found} class template specializations of ${SPECIALIZATIONS}")
  if(found GREATER SPECIALIZATIONS)
    message(SEND_ERROR "${FILE} makes ${found} class template specializations, its budget is ${SPECIALIZATIONS}")
  endif()
else()
  message(STATUS "no clang++ here: specializations not counted")
endif()
