include(${CMAKE_CURRENT_LIST_DIR}/helpers.cmake)

# The runtime alone, as part of another project: nothing of the analyzer is configured, so nothing
# that it needs is looked for.
set(build ${WORK_DIR}/subdirectory)
file(REMOVE_RECURSE ${build})
configure(${CMAKE_CURRENT_LIST_DIR}/subdirectory ${build} -DBELAY_SOURCE_DIR=${SOURCE_DIR})
file(READ ${build}/CMakeCache.txt cache)
if(cache MATCHES "PgQuery|CLI11|Boost")
  message(FATAL_ERROR "the runtime alone looked for what only the program needs")
endif()
run(${CMAKE_COMMAND} --build ${build} --target uses_belay uses_runner)
