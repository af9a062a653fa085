#include "workbench/verify/script_run.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <belay/batches.h>

#include "analyzer/text/batch_mark.h"
#include "analyzer/text/splitter.h"
#include "support/ascii.h"

namespace belay::workbench {
namespace {

using Mode = RunOutcome::Mode;
using project::TransactionHabit;
using runtime::Connection;
using runtime::DatabaseError;

/// What decides about how a script runs.
struct Shape {
  size_t statements = 0;
  bool has_transaction = false;   ///< a BEGIN, COMMIT or ROLLBACK of its own
  std::vector<ByteRange> places;  ///< of the statements, with their semicolons
  BatchMarks batches;
};

bool controls_transaction(const Segment& segment, std::string_view text) {
  constexpr std::array<std::string_view, 5> kWords = {"begin", "start", "commit", "end",
                                                      "rollback"};
  const std::string_view first = segment.tokens[0].range.of(text);
  return std::any_of(kWords.begin(), kWords.end(), [first](std::string_view word) {
    return ascii::equal_ignoring_case(first, word);
  });
}

Shape shape_of(std::string_view text, Engine engine) {
  Shape out;
  Splitter splitter(text, engine);
  for (Segment segment; splitter.next(segment);) {
    if (segment.kind == SegmentKind::kCopyData) {
      if (!out.places.empty()) out.places.back().end = segment.end;
      continue;
    }
    ++out.statements;
    out.places.push_back({segment.range.begin, segment.end});
    if (segment.kind == SegmentKind::kStatement && controls_transaction(segment, text)) {
      out.has_transaction = true;
    }
  }
  out.batches = read_batch_marks(text, splitter.comments(), out.places, engine);
  return out;
}

bool runs_in_batches(const Shape& shape) {
  return !shape.batches.marks.empty() || !shape.batches.problems.empty();
}

Mode mode_of(const Shape& shape, TransactionHabit habit, Engine engine) {
  if (shape.statements == 0) return Mode::kEmpty;
  if (runs_in_batches(shape)) return Mode::kStatements;
  if (habit == TransactionHabit::kNone) return Mode::kStatements;
  // SQLite knows no transaction in a transaction; PostgreSQL warns of a second BEGIN and goes on,
  // but a text that is sent as one message is not wrapped by anybody.
  if (shape.has_transaction &&
      (engine == Engine::kSqlite || habit == TransactionHabit::kSimpleQuery)) {
    return Mode::kOwn;
  }
  if (habit == TransactionHabit::kSimpleQuery && shape.statements == 1) return Mode::kStatements;
  return Mode::kTransaction;
}

DatabaseError error_of(const Connection& connection, const Error& error,
                       const runtime::Script& script) {
  DatabaseError out = connection.last_error();
  // An error that no statement made has no more than its words.
  if (out.message.empty() && !out.cancelled) out.message = error.message;
  if (out.place.path.empty()) out.place.path = script.path;
  return out;
}

Result<void> run_text(Connection& connection, const runtime::Script& script, Mode mode) {
  const auto end = static_cast<uint32_t>(script.sql.size());
  if (mode != Mode::kTransaction) return connection.run(script, 0, end);
  // As tools begin one; SQLite's runtime would take the write lock at once.
  BELAY_TRY(connection.execute("BEGIN"));
  BELAY_TRY(connection.run(script, 0, end));
  if (!connection.in_transaction()) return {};
  return connection.commit();
}

/// As `belay apply` runs it, whatever the layout's own tool would do.
Result<void> run_with_batches(Connection& connection, const runtime::Script& script,
                              const Shape& shape) {
  if (!shape.batches.problems.empty()) {
    const BatchProblem& problem = shape.batches.problems.front();
    return Error{problem.message, script.path, problem.instead};
  }
  for (size_t i = 0; i < shape.places.size(); ++i) {
    const ByteRange place = shape.places[i];
    const BatchMark* mark = shape.batches.of(i);
    if (mark == nullptr) {
      BELAY_TRY(connection.run(script, place.begin, place.end));
      continue;
    }
    runtime::BatchOptions options;
    options.table = mark->table;
    options.key = mark->key;
    options.size = mark->size;
    const Result<runtime::BatchesReport> ran = runtime::run_in_batches(
        connection, options, [&](Connection& db, const runtime::Batch& batch) {
          const std::array<runtime::Value, 2> keys = {batch.first, batch.last};
          return db.run(script, place.begin, place.end, keys);
        });
    if (!ran) return ran.error();
  }
  return {};
}

}  // namespace

Engine engine_of(const runtime::Connection& connection) {
  return connection.engine() == runtime::Engine::kSqlite ? Engine::kSqlite : Engine::kPostgres;
}

std::string_view mode_name(RunOutcome::Mode mode) {
  switch (mode) {
    case Mode::kEmpty: return "empty";
    case Mode::kTransaction: return "transaction";
    case Mode::kOwn: return "own-transaction";
    case Mode::kStatements: return "statements";
  }
  return "";
}

RunOutcome run_script(Connection& connection, const RunnableScript& script) {
  const Engine engine = engine_of(connection);
  RunOutcome out;
  const Shape shape = shape_of(script.script.sql, engine);
  out.mode = mode_of(shape, script.transaction, engine);
  if (out.mode == Mode::kEmpty) return out;
  Result<void> done = runs_in_batches(shape) ? run_with_batches(connection, script.script, shape)
                                             : run_text(connection, script.script, out.mode);
  if (!done && script.transaction == TransactionHabit::kUnknown &&
      connection.last_error().code_name == "25001") {
    // Whose runner is not known is given the benefit of the doubt: the statement cannot run in a
    // transaction, so the runner will not have begun one.
    (void)connection.roll_back();
    out.mode = Mode::kStatements;
    done = run_text(connection, script.script, out.mode);
  }
  if (!done) out.error = error_of(connection, done.error(), script.script);
  (void)connection.roll_back();
  return out;
}

}  // namespace belay::workbench
