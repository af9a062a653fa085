#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/effects/effect.h"
#include "analyzer/project/project.h"
#include "analyzer/schema/schema.h"
#include "analyzer/sql/script.h"
#include "analyzer/text/document.h"

namespace belay::rules {

/// What holds while a statement runs, as far as the script and its runner's habit tell.
struct SessionState {
  bool in_transaction = false;
  /// The runner is not known: it may have opened a transaction all the same.
  bool may_be_in_transaction = false;
  /// The script's own BEGIN, where one is open.
  std::optional<uint32_t> begin_statement;
  /// Set to something other than 0 by an earlier statement of the script, or by the runner.
  bool lock_timeout_set = false;
  /// The same by SET LOCAL: gone with the transaction.
  bool lock_timeout_set_locally = false;
  /// SQLite: what the script did to PRAGMA foreign_keys where it had an effect.
  enum class ForeignKeys : uint8_t { kAsConnection, kOn, kOff, kOffUnlessInTransaction };
  ForeignKeys foreign_keys = ForeignKeys::kAsConnection;
};

/// The migration and the script that a rule looks at, with everything that happened before.
struct ScriptContext {
  const project::MigrationSet& set;
  const project::Migration& migration;
  uint32_t migration_index = 0;
  project::Direction direction = project::Direction::kUp;
  const project::Script& location;
  std::string_view text;  ///< of the document
  const sql::ParsedScript& script;

  /// As in `schema::Origin`.
  uint32_t script_id() const {
    return 2 * migration_index + (direction == project::Direction::kDown ? 1 : 0);
  }
  Engine engine() const { return set.dialect.engine; }
};

/// One operation at the moment before it runs.
struct Context {
  const ScriptContext& script;
  const schema::Schema& before;
  const SessionState& session;
  uint32_t statement_index = 0;
  uint32_t operation_index = 0;
  const sql::Operation& operation;
  const effects::Effect& effect;

  const sql::ScriptStatement& statement() const {
    return script.script.statements[statement_index];
  }
  /// A range of the statement as one of the document.
  ByteRange in_document(ByteRange range) const { return range.shifted(statement().range.begin); }
  std::string_view written(ByteRange range) const { return range.of(statement().parsed->text); }
  const schema::Table* table(const sql::QualifiedName& name) const { return before.table(name); }
  /// The same script made the table and put nothing in, or it is temporary: nobody else sees it.
  bool is_new(const sql::QualifiedName& name) const;
  /// The same script made the table, with or without rows, or it is temporary.
  bool is_made_here(const sql::QualifiedName& name) const;
};

}  // namespace belay::rules
