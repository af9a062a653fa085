# Finds libpg_query with the server headers of the same PostgreSQL major version, whose node
# structures its raw tree is made of. Defines the target PgQuery::PgQuery.
#
# The static library is preferred: a shared one costs every start of the program its relocations.
# scripts/setup.sh puts the headers under build/deps where the package that holds them, which would
# bring a whole compiler with it, is not installed.

find_path(PgQuery_INCLUDE_DIR pg_query/pg_query_internal.h)
find_library(PgQuery_LIBRARY NAMES libpg_query.a pg_query)

if(PgQuery_INCLUDE_DIR AND NOT PgQuery_VERSION)
  file(STRINGS ${PgQuery_INCLUDE_DIR}/pg_query.h pg_query_major REGEX "define PG_MAJORVERSION ")
  string(REGEX REPLACE ".*\"([0-9]+)\".*" "\\1" PgQuery_VERSION "${pg_query_major}")
endif()

find_path(PgQuery_SERVER_INCLUDE_DIR nodes/parsenodes.h
  PATHS ${PROJECT_SOURCE_DIR}/build/deps/usr/include/postgresql/${PgQuery_VERSION}/server
        /usr/include/postgresql/${PgQuery_VERSION}/server
  NO_DEFAULT_PATH)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PgQuery
  REQUIRED_VARS PgQuery_LIBRARY PgQuery_INCLUDE_DIR PgQuery_SERVER_INCLUDE_DIR
  VERSION_VAR PgQuery_VERSION
  REASON_FAILURE_MESSAGE
    "install libpg-query-dev and run scripts/setup.sh, or install postgresql-server-dev-${PgQuery_VERSION}")

if(PgQuery_FOUND AND NOT TARGET PgQuery::PgQuery)
  find_package(Threads REQUIRED)
  add_library(PgQuery::PgQuery UNKNOWN IMPORTED)
  set_target_properties(PgQuery::PgQuery PROPERTIES
    IMPORTED_LOCATION ${PgQuery_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES "${PgQuery_INCLUDE_DIR};${PgQuery_SERVER_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
