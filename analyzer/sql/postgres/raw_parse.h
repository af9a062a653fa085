#pragma once

#include <cstdint>
#include <new>

#include "analyzer/sql/postgres/raw_tree.h"
#include "analyzer/text/token.h"

namespace belay::sql::postgres {

/// PostgreSQL's raw tree of a text, and the memory that it lives in. One at a time in each thread:
/// libpg_query does not nest them.
class RawParse {
 public:
  explicit RawParse(const std::string& sql)
      : context_(pg_query_enter_memory_context()), result_(pg_query_raw_parse(sql.c_str())) {
    std::free(result_.stderr_buffer);
  }
  ~RawParse() {
    if (result_.error != nullptr) pg_query_free_error(result_.error);
    pg_query_exit_memory_context(context_);
  }
  RawParse(const RawParse&) = delete;
  RawParse& operator=(const RawParse&) = delete;

  /// Null where the text is no SQL.
  const List* tree() const { return result_.error == nullptr ? result_.tree : nullptr; }
  const PgQueryError* error() const { return result_.error; }
  /// Out of memory says nothing of the text.
  void throw_if_out_of_memory() const {
    if (result_.error != nullptr && std::string_view(result_.error->message) == "out of memory") {
      throw std::bad_alloc();
    }
  }

 private:
  MemoryContext context_;
  PgQueryInternalParsetreeAndError result_;
};

/// The byte of the character that an error's place names: PostgreSQL counts characters from 1.
uint32_t byte_of_character(std::string_view text, int character);

/// Turns `${name}` and `{{ name }}`, which a runner replaces before it runs a script, into names of
/// the same length. `tokens` count from `base` bytes before `text`. False where there are none.
bool replace_placeholders(std::string& text, std::span<const Token> tokens, int64_t base);

}  // namespace belay::sql::postgres
