# belay_library(NAME SOURCES... [PUBLIC targets...] [PRIVATE targets...] [PRECOMPILE headers...])
#
# A static library `belay_NAME` with the alias belay::NAME. Headers are included by their path from
# the root of the repository. What a library may link is its boundary: a part that is not listed
# cannot be called, and tests/boundaries checks that it is not included either. What most of its
# sources include may be compiled once, which more than halves a build from nothing.
function(belay_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE;PRECOMPILE" ${ARGN})
  add_library(belay_${name} STATIC ${ARG_SOURCES})
  add_library(belay::${name} ALIAS belay_${name})
  set_target_properties(belay_${name} PROPERTIES EXPORT_NAME ${name})
  set_property(GLOBAL APPEND PROPERTY BELAY_LIBRARIES belay_${name})
  target_compile_features(belay_${name} PUBLIC cxx_std_20)
  target_include_directories(belay_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(belay_${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  belay_warnings(belay_${name})
  belay_precompile(belay_${name} ${ARG_PRECOMPILE})
  if(BELAY_UNITY)
    set_target_properties(belay_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    # What one source names, another may name again.
    target_compile_options(belay_${name} PRIVATE -Wno-shadow)
  endif()
endfunction()

function(belay_precompile target)
  if(BELAY_PRECOMPILE AND ARGN)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

function(belay_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                           -Woverloaded-virtual -Wimplicit-fallthrough)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # With optimisation on, GCC 12 takes inlined std::string for what is uninitialized, overlapping or
    # out of bounds (GCC bugs 105329, 105651 and their kind).
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-maybe-uninitialized
                                             -Wno-array-bounds -Wno-stringop-overflow
                                             -Wno-stringop-overread)
  endif()
  if(BELAY_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# belay_test(NAME SOURCES... [LINK targets...] [LABELS labels...] [TIMEOUT seconds])
#
# A GoogleTest program that is one test of CTest.
function(belay_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gmock_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE
    BELAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}" BELAY_BINARY_DIR="${PROJECT_BINARY_DIR}")
  belay_warnings(${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
