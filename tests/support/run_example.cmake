# SPDX-License-Identifier: MIT
#
# Runs SOURCE, an example, as its comments say (examples/CMakeLists.txt tells how) with the programs that
# stand in PROGRAMS, in the folder SCRATCH, and compares what the last one prints.

cmake_minimum_required(VERSION 3.25)

cmake_path(GET SOURCE STEM name)
file(STRINGS ${SOURCE} commands REGEX "^// run: ")
if(NOT commands)
  set(commands "// run: example_${name}")
endif()

file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})
foreach(command IN LISTS commands)
  string(REPLACE "// run: " "" command "${command}")
  separate_arguments(words UNIX_COMMAND "${command}")
  execute_process(
    COMMAND ${PROGRAMS}/${words}
    WORKING_DIRECTORY ${SCRATCH} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "'${command}' ended with ${status}:\n${output}${errors}")
  endif()
endforeach()

# The expected lines as one regular expression.
file(READ ${SOURCE} text)
if(NOT text MATCHES "\n// expected output:\n((//[^\n]*\n)+)")
  message(FATAL_ERROR "${SOURCE} has no comment '// expected output:'")
endif()
string(REGEX REPLACE "(^|\n)//( ? ? ?)" "\\1" expected "${CMAKE_MATCH_1}")
string(REGEX REPLACE "([][+.?(){}^$|\\\\])" "\\\\\\1" pattern "${expected}")
string(REPLACE "*" "[^\n]*" pattern "${pattern}")
if(NOT output MATCHES "^${pattern}$")
  message(FATAL_ERROR "${name} should print:\n${expected}it printed:\n${output}${errors}")
endif()
message(STATUS "${name} printed:\n${output}")
