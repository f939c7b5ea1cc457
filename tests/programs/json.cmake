# SPDX-License-Identifier: MIT
#
# Prints what stands at KEYS (a list) in the JSON document FILE.

cmake_minimum_required(VERSION 3.25)

file(READ ${FILE} text)
string(JSON value GET "${text}" ${KEYS})
execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${value}")
