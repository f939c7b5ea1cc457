# SPDX-License-Identifier: MIT
#
# Builds tests/package/consumer in SCRATCH, in one WAY, and runs its programs.

cmake_minimum_required(VERSION 3.25)

# run(<what was tried> <command>...): the command's output stands in `output`
function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${what} failed (${status}):\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
set(consumer ${ROOT}/tests/package/consumer)
set(prefix ${SCRATCH}/prefix)
set(configure
  ${CMAKE_COMMAND} -S ${consumer} -B ${SCRATCH}/build -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER})

if(WAY STREQUAL add_subdirectory)
  run("configuring with add_subdirectory" ${configure} -D THORAX_SOURCE=${ROOT})
else()
  run("installing" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
  list(APPEND configure -D CMAKE_PREFIX_PATH=${prefix})
endif()

if(WAY STREQUAL missing_component)
  execute_process(
    COMMAND ${configure} -D COMPONENTS=telepathy RESULT_VARIABLE status ERROR_VARIABLE output OUTPUT_QUIET)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  set(expected "component 'telepathy' was not installed, there are: thorax, inference, cpu, image")
  if(status EQUAL 0 OR NOT output MATCHES "${expected}")
    message(FATAL_ERROR "a missing component should be named, and those there are; CMake said:\n${output}")
  endif()
  return()
endif()

if(WAY STREQUAL find_package)
  run("configuring with find_package" ${configure})
endif()
run("building" ${CMAKE_COMMAND} --build ${SCRATCH}/build)

file(STRINGS ${ROOT}/include/thorax/base/version.hpp version REGEX "THORAX_VERSION_STRING")
string(REGEX REPLACE ".*\"(.*)\".*" "\\1" version "${version}")
foreach(program IN ITEMS headers_only everything)
  run("running ${program}" ${SCRATCH}/build/${program})
  if(NOT output MATCHES "thorax ${version}")
    message(FATAL_ERROR "${program} should have printed 'thorax ${version}', it printed:\n${output}")
  endif()
  message(STATUS "${program}: ${output}")
endforeach()
