#pragma once

// PostgreSQL's own node headers, for the files of this folder only. They are C, define macros with
// everyday names, and must come behind all standard headers.

// IWYU pragma: always_keep
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wshadow"
extern "C" {
// postgres.h comes first.
// clang-format off
#include <postgres.h>
#include <catalog/pg_attribute.h>
#include <catalog/pg_class.h>
#include <catalog/pg_trigger.h>
#include <nodes/nodeFuncs.h>
#include <nodes/parsenodes.h>
#include <nodes/pg_list.h>
#include <nodes/primnodes.h>
#include <pg_query.h>
#include <pg_query/pg_query_internal.h>
// clang-format on
}
#pragma GCC diagnostic pop

#undef Max
#undef Min
#undef bind
#undef fprintf
#undef gettext
#undef ngettext
#undef printf
#undef snprintf
#undef sprintf
#undef strerror
#undef strerror_r
#undef strtof
#undef vfprintf
#undef vprintf
#undef vsnprintf
#undef vsprintf
#undef _

static_assert(PG_VERSION_NUM / 10000 == PG_MAJORVERSION_NUM,
              "libpg_query and the PostgreSQL server headers must be of one major version");
