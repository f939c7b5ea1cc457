# SPDX-License-Identifier: MIT
#
# thorax_dev: what our own programs are built with and no user should inherit: warnings, sanitizers, the
# instruction set of this machine. Never installed, never linked by an exported target.

if(NOT TARGET thorax::all)
  message(FATAL_ERROR
    "Tests, examples, tools and benchmarks of thorax need OpenBLAS, libjpeg, libpng and range-v3. On Debian: "
    "apt install libopenblas-dev libjpeg62-turbo-dev libpng-dev librange-v3-dev. To build none of them, set "
    "THORAX_BUILD_TESTS, THORAX_BUILD_EXAMPLES, THORAX_BUILD_TOOLS and THORAX_BUILD_BENCHMARKS to OFF.")
endif()

option(THORAX_WERROR "A warning is an error" OFF)
option(THORAX_NATIVE "Use every instruction of this machine" OFF)
set(THORAX_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=, for example address,undefined")

add_library(thorax_dev INTERFACE)
target_link_libraries(thorax_dev INTERFACE thorax::all)
target_compile_options(thorax_dev INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  # g++ 12 reports overlaps inside std::string that are not there (gcc bug 105329).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${THORAX_WERROR}>:-Werror>
  $<$<BOOL:${THORAX_NATIVE}>:-march=native>)
if(THORAX_SANITIZE)
  set(flags -fsanitize=${THORAX_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(thorax_dev INTERFACE
    ${flags}
    # As g++'s manual says, sanitizers make this warning see what is not there.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(thorax_dev INTERFACE ${flags})
endif()
# Kernels are unrolled into thousands of loads. With a check of its pointer at each, one file takes g++ ten minutes; the
# address sanitizer sees what matters of these.
if(THORAX_SANITIZE)
  set(thorax_kernel_flags -O1)
  if(THORAX_SANITIZE MATCHES "undefined")
    list(APPEND thorax_kernel_flags -fno-sanitize=null,alignment,object-size,vptr,pointer-overflow)
  endif()
  if(THORAX_SANITIZE MATCHES "address")
    list(APPEND thorax_kernel_flags -fno-sanitize-address-use-after-scope)
  endif()
endif()
if(THORAX_SANITIZE AND TARGET thorax_dispatch)
  target_compile_options(thorax_dispatch PRIVATE ${flags} ${thorax_kernel_flags})
  target_compile_options(thorax_explanations PRIVATE ${flags})
endif()
