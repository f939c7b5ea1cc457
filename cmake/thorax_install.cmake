# SPDX-License-Identifier: MIT
#
# Installs headers and a CMake package with components: find_package(thorax 0.1 COMPONENTS cpu image).

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/thorax)
if(TARGET thorax_dispatch)
  install(TARGETS thorax_dispatch EXPORT thorax_inference)
endif()
if(TARGET thorax_explanations)
  install(TARGETS thorax_explanations EXPORT thorax_all)
endif()
foreach(component IN LISTS thorax_components)
  if(component STREQUAL thorax)
    set(target thorax)
  else()
    set(target thorax_${component})
  endif()
  if(component STREQUAL cuda)
    install(TARGETS ${target} EXPORT thorax_${component})
    file(GLOB definitions ${thorax_include}/thorax/backend/cuda/*.cuh)
    install(FILES ${definitions} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/thorax/backend/cuda)
  else()
    install(TARGETS ${target} EXPORT thorax_${component} FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  endif()
  install(EXPORT thorax_${component}
    DESTINATION ${package_dir} NAMESPACE thorax:: FILE thorax-${component}-targets.cmake)
endforeach()

configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/thorax-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/thorax-config.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/thorax-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/thorax-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/thorax-config-version.cmake
  ${CMAKE_CURRENT_LIST_DIR}/FindOpenBLAS.cmake
  ${CMAKE_CURRENT_LIST_DIR}/thorax_embed.cmake
  ${CMAKE_CURRENT_LIST_DIR}/embedded_weights.cpp.in
  ${CMAKE_CURRENT_LIST_DIR}/embedded_weights.hpp.in
  DESTINATION ${package_dir})
install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
