# What a build can be told, and what goes for every target of ours.

option(BELAY_PROGRAM "Build all of Belay; OFF: belay::runtime alone, for a program that links it" ON)
option(BELAY_INSTALL "Install what was built" ${PROJECT_IS_TOP_LEVEL})
option(BELAY_LSP "Build the language server into the program `belay`" ON)
option(BELAY_STATIC "Link SQLite, libcrypto, libzstd and libstdc++ statically where their archives are there: half the start-up" ON)
option(BELAY_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(BELAY_EDITOR_TESTS "Add the tests in real editors (scripts/test.sh sets up what they need)" OFF)
option(BELAY_PRECOMPILE "Compile the headers that most sources of a library include once" ON)
option(BELAY_UNITY "Compile several sources of a library as one: less than half the time for a build from nothing" OFF)
option(BELAY_BENCHMARKS "Build the benchmarks" OFF)
option(BELAY_WERROR "Treat warnings in our own targets as errors" ${PROJECT_IS_TOP_LEVEL})
set(BELAY_SANITIZE "" CACHE STRING "Sanitizers for every target, as -fsanitize= takes them")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without these it does not cache what uses precompiled headers.
  set(CCACHE ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

if(BELAY_STATIC)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a .so)
endif()

if(BELAY_SANITIZE)
  add_compile_options(-fsanitize=${BELAY_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${BELAY_SANITIZE})
endif()

include(GNUInstallDirs)
