# belay_add_migrations(TARGET SOURCES...)
#
# A program of the C++ migrations in SOURCES, each of which registers its own by BELAY_MIGRATION. It has
# the commands of a session (`TARGET --help`), and `belay` runs what is in it where belay.toml names it:
#
#   [cpp]
#   program = "build/TARGET"
function(belay_add_migrations target)
  if(NOT ARGN)
    message(FATAL_ERROR "belay_add_migrations(${target}): name the sources of the migrations")
  endif()
  add_executable(${target} ${ARGN})
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_link_libraries(${target} PRIVATE belay::runner)
endfunction()
