# SPDX-License-Identifier: MIT
#
# What git holds: no film, nothing over a megabyte, no folder of one machine, no unfinished mark.

cmake_minimum_required(VERSION 3.25)

find_program(git git)
if(NOT git OR NOT EXISTS ${ROOT}/.git)
  message(STATUS "skipped: no git repository here")
  return()
endif()

# A film could be somebody's chest. Tests make their own pictures.
execute_process(COMMAND ${git} -C ${ROOT} ls-files OUTPUT_VARIABLE files OUTPUT_STRIP_TRAILING_WHITESPACE)
string(REPLACE "\n" ";" files "${files}")
foreach(file IN LISTS files)
  if(file MATCHES "\\.([jJ][pP][eE]?[gG]|[dD][cC][mM])$")
    message(SEND_ERROR "${file} looks like a film; none is committed")
  endif()
  if(EXISTS ${ROOT}/${file})
    file(SIZE ${ROOT}/${file} bytes)
    if(bytes GREATER 1048576)
      message(SEND_ERROR "${file} has ${bytes} bytes, at most a megabyte is committed")
    endif()
  endif()
endforeach()

# refuse(<what it is> <regular expression>): written with [] so that this file does not find itself
function(refuse what pattern)
  execute_process(
    COMMAND ${git} -C ${ROOT} grep -nIE "${pattern}" -- .
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 1)
    message(SEND_ERROR "${what}:\n${output}")
  endif()
endfunction()

refuse("a path of one machine" "(^|[^a-zA-Z0-9_.])/(wor[k]|roo[t]|hom[e])/")
refuse("an unfinished mark" "(TOD[O]|FIXM[E]|[^X]XX[X])([^a-zA-Z0-9]|$)")
refuse("the host of a package registry" "([p]ypi\\.org|[n]pmjs\\.com|[c]rates\\.io)")
list(LENGTH files count)
message(STATUS "${count} files looked at")
