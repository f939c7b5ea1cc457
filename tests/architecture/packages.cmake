# SPDX-License-Identifier: MIT
#
# Every package has one owner in include/: whoever includes the rest of the library does not pay for it, and
# a component needs exactly the packages it names.

cmake_minimum_required(VERSION 3.25)

# owner(<include> <header>...): which headers below include/thorax may include it
function(owner include)
  file(GLOB_RECURSE headers RELATIVE ${ROOT}/include/thorax ${ROOT}/include/thorax/*.hpp ${ROOT}/include/thorax/*.cuh)
  foreach(header IN LISTS headers)
    file(STRINGS ${ROOT}/include/thorax/${header} found REGEX "^ *#include +<${include}")
    if(found AND NOT header MATCHES "^(${ARGN})")
      message(SEND_ERROR "${header} has '${found}', which is not its to include")
    endif()
  endforeach()
endfunction()

owner("range/v3/" "data/")
owner("range/v3/all" "nobody")
owner("(cblas|openblas)" "backend/cpu/")
owner("(jpeglib|jerror|png)\\.h" "image/(read|write)")
owner("xtensor/" "tensor/tensor\\.hpp")
owner("xtensor-blas/" "backend/reference/|evaluate/")
owner("xsimd/" "backend/cpu/")
owner("(thrust|cub|cuda)" "backend/cuda/[a-z_]+\\.cuh")
owner("(nlohmann|CLI)/" "nobody")
owner("hdf5\\.h" "nobody")
owner("(iostream|print|format|regex)>" "nobody")
