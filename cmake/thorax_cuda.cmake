# SPDX-License-Identifier: MIT
#
# thorax::cuda: the kernels of the backend cuda, a file of one line for nvcc, with the static CUDA runtime: a program that
# links it starts where there is no GPU and no CUDA. thorax_nvcc_flags is what nvcc needs for the headers; who compiles
# them in a .cu file of his own gives the same.

# A project that adds thorax says itself that it wants to wait for nvcc.
if(PROJECT_IS_TOP_LEVEL)
  set(wanted AUTO)
else()
  set(wanted OFF)
endif()
set(THORAX_CUDA ${wanted} CACHE STRING "Compile the backend cuda: ON, OFF, or AUTO, where nvcc is found")
set_property(CACHE THORAX_CUDA PROPERTY STRINGS AUTO ON OFF)
if(NOT THORAX_CUDA)
  return()
endif()

if(NOT CMAKE_CUDA_COMPILER)
  find_program(THORAX_NVCC nvcc HINTS ENV CUDACXX ENV CUDA_PATH PATHS /usr/local/cuda/bin PATH_SUFFIXES bin)
  mark_as_advanced(THORAX_NVCC)
  if(NOT THORAX_NVCC)
    if(NOT THORAX_CUDA STREQUAL "AUTO")
      message(FATAL_ERROR "THORAX_CUDA is ${THORAX_CUDA}, but there is no nvcc on the PATH nor in /usr/local/cuda/bin; "
        "install the CUDA toolkit 13, or leave THORAX_CUDA at AUTO")
    endif()
    return()
  endif()
  set(CMAKE_CUDA_COMPILER ${THORAX_NVCC})
endif()
# sm_80 is the first with asynchronous copies and bfloat16; code of a number runs on all of its tens.
if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 80-real 90-real 100-real 120)
endif()
enable_language(CUDA)
find_package(CUDAToolkit REQUIRED)

# CMake 3.25 does not know that nvcc has C++20. The suppressed warning is of view's conversion to a view that may only be
# read, which a view that already is one does not have.
set(thorax_nvcc_flags -std=c++20 --extended-lambda --expt-relaxed-constexpr -diag-suppress=554)

set(source ${CMAKE_CURRENT_BINARY_DIR}/cuda/cuda.cu)
file(CONFIGURE OUTPUT ${source} CONTENT "#include <thorax/backend/cuda/cuda.cuh>\n")
add_library(thorax_cuda STATIC ${source})
add_library(thorax::cuda ALIAS thorax_cuda)
set_target_properties(thorax_cuda PROPERTIES EXPORT_NAME cuda POSITION_INDEPENDENT_CODE ON)
target_compile_options(thorax_cuda PRIVATE ${thorax_nvcc_flags} -O3 --threads=2
  $<$<BOOL:${THORAX_WERROR}>:-Werror=all-warnings>)
target_compile_definitions(thorax_cuda INTERFACE THORAX_CUDA)
target_link_libraries(thorax_cuda PUBLIC thorax CUDA::cudart_static)
list(APPEND thorax_components cuda)
