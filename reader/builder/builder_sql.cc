// A call that was read of a source is made once more: the same methods of the same builder, with
// what was read for its arguments, on a connection that notes what it is sent. So no SQL of the
// builder's is written a second time, here or anywhere.
//
// `alter_table` is called for each part of its description by itself, which is how the builder does
// them, and so each statement is known to come from its part. On SQLite a part may need a rebuild of
// the table, which is made from the table as it is then: such a part is told as what nobody knows.
#include "reader/builder/builder_sql.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "reader/builder/methods.h"
#include "reader/builder/noting_connection.h"
#include "reader/builder/stand_ins.h"
#include "runtime/migrations/schema/definition_sql.h"

namespace belay::reader {
namespace {

using cpp::BuilderCall;
using cpp::BuilderStatement;
using cpp::BuilderStep;

constexpr const char* kCreateTable = "belay::Schema::create_table";
constexpr const char* kAlterTable = "belay::Schema::alter_table";
constexpr const char* kRebuilt =
    "SQLite may rebuild the table here, from what the table is when it runs";
constexpr const char* kAsked = "what the database answers decides what is sent";
constexpr const char* kPerhapsDescribed = "a condition decides whether this belongs to it";

/// Thrown where a part of a description cannot be told by itself.
struct NotToBeTold {
  std::string reason;
};

runtime::Engine runtime_engine(Engine engine) {
  switch (engine) {
    case Engine::kPostgres: return runtime::Engine::kPostgres;
    case Engine::kSqlite: return runtime::Engine::kSqlite;
    case Engine::kMysql: return runtime::Engine::kMysql;
    case Engine::kMariadb: break;
  }
  return runtime::Engine::kMariadb;
}

BuilderStatement hole(std::optional<size_t> step, std::optional<size_t> stand_in,
                      std::string reason) {
  BuilderStatement out;
  out.sql = "?";
  out.step = step;
  out.holes.push_back({{0, 1}, stand_in, std::move(reason), false});
  return out;
}

size_t root_of(const std::vector<BuilderStep>& steps, size_t step) {
  while (steps[step].on) step = *steps[step].on;
  return step;
}

/// Does to a table what steps of a description say.
class Replay {
 public:
  explicit Replay(const std::vector<BuilderStep>& steps) : steps_(steps), made_(steps.size()) {}

  void run(size_t step, const Object& table) {
    at_ = step;
    const BuilderStep& one = steps_[step];
    if (one.unknown) throw NotKnown{one.unknown->number};
    const auto method = step_methods().find(one.method);
    if (method == step_methods().end()) {
      throw NotToBeTold{"this version of Belay does not read " + one.method + "()"};
    }
    made_[step] = method->second(one.on ? made_[*one.on] : table, one.arguments);
  }

  /// The step that is run, or was run last.
  std::optional<size_t> at() const { return at_; }
  void forget_place() { at_.reset(); }

 private:
  const std::vector<BuilderStep>& steps_;
  std::vector<Object> made_;
  std::optional<size_t> at_;
};

/// What a table is made of, as its definition has it, with the step that each part comes from.
struct Definition {
  struct Part {
    std::string text;
    size_t step;
  };
  std::vector<Part> parts;       ///< columns, then constraints
  std::vector<size_t> behind;    ///< of the statements behind it: indexes, then comments

  void read(const Table& table, const std::vector<size_t>& steps, runtime::Engine engine) {
    std::vector<Part> constraints;
    std::vector<size_t> comments;
    for (size_t i = 0; i < steps.size(); ++i) {
      const TablePart& part = table.parts()[i];
      if (const auto* column = std::get_if<Column>(&part)) {
        parts.push_back({builder::column_text(*column, {engine}), steps[i]});
        if (column->comment_text) comments.push_back(steps[i]);
      } else if (const auto* key = std::get_if<ForeignKey>(&part)) {
        constraints.push_back({builder::foreign_key_text(*key, engine), steps[i]});
      } else if (const auto* constraint = std::get_if<Constraint>(&part)) {
        constraints.push_back({builder::constraint_text(*constraint), steps[i]});
      } else if (std::holds_alternative<TableIndex>(part)) {
        behind.push_back(steps[i]);
      } else if (std::holds_alternative<TableComment>(part)) {
        comments.push_back(steps[i]);
      }
    }
    parts.insert(parts.end(), constraints.begin(), constraints.end());
    if (engine == runtime::Engine::kPostgres) {
      behind.insert(behind.end(), comments.begin(), comments.end());
    }
  }

  /// Where they stand in the statement. Without those that are not found.
  std::vector<BuilderStatement::Part> places_in(const std::string& sql) const {
    std::vector<BuilderStatement::Part> out;
    size_t from = 0;
    for (const Part& part : parts) {
      const size_t at = sql.find("\n  " + part.text, from);
      if (at == std::string::npos) break;
      const size_t begin = at + 3;
      from = begin + part.text.size();
      out.push_back({{static_cast<uint32_t>(begin), static_cast<uint32_t>(from)}, part.step});
    }
    return out;
  }
};

/// The columns that a change needs to be there.
std::vector<std::string> columns_needed(const TableChange& change) {
  std::vector<std::string> out;
  for (const TablePart& part : change.parts()) {
    if (const auto* renamed = std::get_if<RenamedColumn>(&part)) out.push_back(renamed->from);
    if (const auto* changed = std::get_if<ColumnChange>(&part)) out.push_back(changed->name);
    if (const auto* key = std::get_if<ForeignKey>(&part)) {
      out.insert(out.end(), key->columns.begin(), key->columns.end());
    }
    if (const auto* constraint = std::get_if<Constraint>(&part)) {
      out.insert(out.end(), constraint->columns.begin(), constraint->columns.end());
    }
  }
  return out;
}

/// One call on one engine.
class Telling {
 public:
  Telling(const BuilderCall& call, Engine engine)
      : call_(call), engine_(runtime_engine(engine)), replay_(call.steps) {}

  std::vector<BuilderStatement> told() && {
    if (call_.method == kCreateTable) {
      guarded([&] { create_table(); });
    } else if (call_.method == kAlterTable) {
      alter_table();
    } else {
      guarded([&] { plain_call(); });
    }
    for (BuilderStatement& statement : out_) {
      if (!statement.holes.empty()) continue;
      open_holes(statement);
    }
    return std::move(out_);
  }

 private:
  /// Notes what is sent, and in place of what cannot be told why not. Returns whether all is told.
  template <class Work>
  bool guarded(const Work& work) {
    NotingConnection connection(engine_);
    connection_ = &connection;
    definition_ = {};
    replay_.forget_place();
    std::optional<BuilderStatement> trouble;
    try {
      work();
    } catch (const NotKnown& unknown) {
      trouble = hole(replay_.at(), unknown.stand_in, {});
    } catch (const NotToBeTold& why) {
      trouble = hole(replay_.at(), std::nullopt, why.reason);
    } catch (const TableIsRebuilt&) {
      trouble = hole(replay_.at(), std::nullopt, kRebuilt);
    } catch (const MigrationError& error) {
      trouble = hole(replay_.at(), std::nullopt,
                     connection.has_guessed() ? kAsked : error.error().message);
    }
    take(connection.take_noted());
    if (trouble) out_.push_back(*std::move(trouble));
    return !trouble;
  }

  void take(std::vector<NotingConnection::Noted> noted) {
    const bool makes_table = call_.method == kCreateTable;
    for (size_t i = 0; i < noted.size(); ++i) {
      BuilderStatement statement;
      statement.sql = std::move(noted[i].sql);
      statement.perhaps = noted[i].perhaps;
      if (!makes_table) {
        if (replay_.at()) statement.step = root_of(call_.steps, *replay_.at());
      } else if (i == 0) {
        statement.parts = definition_.places_in(statement.sql);
      } else if (i <= definition_.behind.size()) {
        statement.step = definition_.behind[i - 1];
      }
      out_.push_back(std::move(statement));
    }
  }

  std::string table_name() const {
    if (call_.arguments.size() != 1) throw NotToBeTold{"it is called in an unknown way"};
    return text_from(call_.arguments[0]);
  }

  void plain_call() {
    const auto method = schema_methods().find(call_.method);
    if (method == schema_methods().end()) {
      throw NotToBeTold{"this version of Belay does not read " + call_.method + "()"};
    }
    Database db(*connection_);
    Schema schema(db);
    method->second(schema, call_.arguments);
  }

  void create_table() {
    Database db(*connection_);
    Schema schema(db);
    schema.create_table(table_name(), [&](Table& table) {
      std::vector<size_t> steps;  // that the table's parts come from
      for (size_t i = 0; i < call_.steps.size(); ++i) {
        replay_.run(i, &table);
        if (call_.steps[i].perhaps) throw NotToBeTold{kPerhapsDescribed};
        while (steps.size() < table.parts().size()) steps.push_back(i);
      }
      replay_.forget_place();
      definition_.read(table, steps, engine_);
    });
  }

  void alter_table() {
    bool rebuilds = false;
    for (size_t i = 0; i < call_.steps.size(); ++i) {
      if (call_.steps[i].on) continue;
      const size_t before = out_.size();
      const bool told = guarded([&] { change_part(i, rebuilds); });
      const bool sent = out_.size() > before;
      if (engine_ == runtime::Engine::kSqlite && sent) rebuilds = !told;
      for (size_t j = before; j < out_.size(); ++j) out_[j].perhaps |= call_.steps[i].perhaps;
    }
  }

  /// What columns are given while a rebuild is due comes with the rebuild.
  void change_part(size_t root, bool rebuilds) {
    Database db(*connection_);
    Schema schema(db);
    schema.alter_table(table_name(), [&](TableChange& change) {
      for (size_t i = root; i < call_.steps.size(); ++i) {
        if (root_of(call_.steps, i) != root) continue;
        replay_.run(i, &change);
        if (call_.steps[i].perhaps && !call_.steps[root].perhaps) {
          throw NotToBeTold{kPerhapsDescribed};
        }
      }
      for (const TablePart& part : change.parts()) prepare(part, rebuilds);
      connection_->set_columns(columns_needed(change));
    });
  }

  void prepare(const TablePart& part, bool rebuilds) {
    if (engine_ != runtime::Engine::kSqlite) return;
    // A column goes by itself or with a rebuild, as what uses it demands.
    if (std::holds_alternative<DroppedColumn>(part) ||
        std::holds_alternative<DroppedConstraint>(part) ||
        (rebuilds && std::holds_alternative<Column>(part))) {
      throw TableIsRebuilt();
    }
    if (const auto* index = std::get_if<DroppedIndex>(&part)) connection_->set_index(index->name);
  }

  const BuilderCall& call_;
  runtime::Engine engine_;
  Replay replay_;
  NotingConnection* connection_ = nullptr;
  Definition definition_;
  std::vector<BuilderStatement> out_;
};

class RealBuilder final : public cpp::BuilderSql {
 public:
  std::vector<BuilderStatement> statements(const BuilderCall& call, Engine engine) const override {
    return Telling(call, engine).told();
  }
};

}  // namespace

std::unique_ptr<cpp::BuilderSql> schema_builder() { return std::make_unique<RealBuilder>(); }

std::vector<std::string> readable_methods() {
  std::vector<std::string> out = {kCreateTable, kAlterTable};
  for (const auto& [name, method] : schema_methods()) out.push_back(name);
  for (const auto& [name, method] : step_methods()) out.push_back(name);
  for (const auto& [name, function] : type_functions()) out.push_back(name);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace belay::reader
