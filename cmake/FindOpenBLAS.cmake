# SPDX-License-Identifier: MIT
#
# OpenBLAS with its C interface, as OpenBLAS::OpenBLAS. The package that distributions ship has no target,
# and CMake's FindBLAS does not look for cblas.h. BLA_STATIC chooses the archive, as it does for FindBLAS.

if(BLA_STATIC)
  find_library(OpenBLAS_LIBRARY libopenblas.a)
else()
  find_library(OpenBLAS_LIBRARY openblas)
endif()
find_path(OpenBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES openblas)
mark_as_advanced(OpenBLAS_LIBRARY OpenBLAS_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OpenBLAS REQUIRED_VARS OpenBLAS_LIBRARY OpenBLAS_INCLUDE_DIR)

if(OpenBLAS_FOUND AND NOT TARGET OpenBLAS::OpenBLAS)
  find_package(Threads REQUIRED)
  add_library(OpenBLAS::OpenBLAS UNKNOWN IMPORTED)
  set_target_properties(OpenBLAS::OpenBLAS PROPERTIES
    IMPORTED_LOCATION ${OpenBLAS_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${OpenBLAS_INCLUDE_DIR}
    INTERFACE_LINK_LIBRARIES "Threads::Threads;m")
endif()
