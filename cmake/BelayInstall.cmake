# What a program needs that links belay::runtime or belay::runner from an installed Belay: the libraries it is made
# of, their public headers, and a package for find_package(belay).
include(CMakePackageConfigHelpers)

set(belay_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/belay)

install(TARGETS belay_support belay_text belay_runtime belay_runner
  EXPORT belay
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(EXPORT belay
  NAMESPACE belay::
  FILE belayTargets.cmake
  DESTINATION ${belay_package_dir}
  COMPONENT library)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/support/include/ ${PROJECT_SOURCE_DIR}/runtime/include/
                  ${PROJECT_SOURCE_DIR}/runner/include/
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT library)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/belayConfig.cmake.in
  ${PROJECT_BINARY_DIR}/belayConfig.cmake
  INSTALL_DESTINATION ${belay_package_dir}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/belayConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/belayConfig.cmake ${PROJECT_BINARY_DIR}/belayConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/FindZstd.cmake ${CMAKE_CURRENT_LIST_DIR}/BelayMigrations.cmake
  DESTINATION ${belay_package_dir}
  COMPONENT library)
