# SPDX-License-Identifier: MIT
#
# The backends are folders with the same files: whoever can read one can find everything in the other. Only
# the headers of the policies are named after their backends, and a few hold no kernel but what kernels are made of. What
# cuda.hpp declares, files ending in .cuh define.

cmake_minimum_required(VERSION 3.25)

set(tools_of_reference loops.hpp)
set(tools_of_cpu cpu_inference.hpp film_convolution.hpp film_maps.hpp filter_gradient.hpp gemm.hpp packing.hpp
    patch_convolution.hpp pixel_gradient.hpp planes.hpp)

set(tools_of_cuda device.hpp emulated.hpp gpu.hpp launch.hpp packed_numbers.hpp positions.hpp product.hpp sums.hpp)

foreach(backend IN ITEMS reference cpu cuda)
  file(GLOB ${backend} RELATIVE ${ROOT}/include/thorax/backend/${backend}
       ${ROOT}/include/thorax/backend/${backend}/*.hpp ${ROOT}/include/thorax/backend/${backend}/*.cuh)
  list(TRANSFORM ${backend} REPLACE "\\.cuh$" ".hpp")
  list(REMOVE_DUPLICATES ${backend})
  if(NOT ${backend}.hpp IN_LIST ${backend})
    message(SEND_ERROR "backend/${backend} has no ${backend}.hpp")
  endif()
  list(REMOVE_ITEM ${backend} ${backend}.hpp ${tools_of_${backend}})
endforeach()
foreach(other IN ITEMS cpu cuda)
  foreach(file IN LISTS reference)
    if(NOT file IN_LIST ${other})
      message(SEND_ERROR "backend/${other} has no ${file}")
    endif()
  endforeach()
  foreach(file IN LISTS ${other})
    if(NOT file IN_LIST reference)
      message(SEND_ERROR "backend/reference has no ${file}, which backend/${other} has")
    endif()
  endforeach()
endforeach()
