# Finds libzstd, for which CMake has no module of its own and Debian's package no configuration.
# Defines the target Zstd::Zstd. It is installed beside belayConfig.cmake, which needs it, too.

find_path(Zstd_INCLUDE_DIR zstd.h)
find_library(Zstd_LIBRARY NAMES zstd)

if(Zstd_INCLUDE_DIR AND NOT Zstd_VERSION)
  foreach(part MAJOR MINOR RELEASE)
    file(STRINGS ${Zstd_INCLUDE_DIR}/zstd.h zstd_part REGEX "define ZSTD_VERSION_${part} ")
    string(REGEX MATCH "[0-9]+$" zstd_part "${zstd_part}")
    list(APPEND Zstd_VERSION ${zstd_part})
  endforeach()
  list(JOIN Zstd_VERSION . Zstd_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Zstd
  REQUIRED_VARS Zstd_LIBRARY Zstd_INCLUDE_DIR
  VERSION_VAR Zstd_VERSION
  REASON_FAILURE_MESSAGE "install libzstd-dev")
mark_as_advanced(Zstd_LIBRARY Zstd_INCLUDE_DIR)

if(Zstd_FOUND AND NOT TARGET Zstd::Zstd)
  find_package(Threads REQUIRED)
  add_library(Zstd::Zstd UNKNOWN IMPORTED)
  set_target_properties(Zstd::Zstd PROPERTIES
    IMPORTED_LOCATION ${Zstd_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${Zstd_INCLUDE_DIR}
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
