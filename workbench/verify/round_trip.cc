// Up, down and up again run on a copy of the database, each on a connection of its own. Rows that
// were made up beforehand show what is lost; but a value that was made up may also be one that the
// script cannot read. So a script that fails on them is tried again without: an up then gets its
// verdict from that run, and a down has failed on rows that its own schema allows.
#include "workbench/verify/round_trip.h"

#include <algorithm>
#include <utility>

namespace belay::workbench {
namespace {

using rollback::Verdict;
using runtime::Connection;

/// The schema and what is in it.
struct State {
  Catalog catalog;
  Contents contents;
};

class Attempt {
 public:
  Attempt(ScratchEngine& engine, const RoundTripScripts& scripts)
      : engine_(engine), scripts_(scripts) {}

  Result<RoundTrip> run(const ScratchDatabase& start, uint32_t rows) {
    Result<std::unique_ptr<ScratchDatabase>> copy = engine_.copy(start);
    if (!copy) return std::move(copy).error();
    database_ = *std::move(copy);
    if (rows > 0) BELAY_TRY(fill(rows));
    Result<State> before = look();
    if (!before) return std::move(before).error();
    BELAY_TRY(run_script(scripts_.up, out_.up));
    if (!out_.up.ok()) return std::move(out_);
    if (!scripts_.down) {
      out_.verdict = Verdict::kNoDown;
      return std::move(out_);
    }
    Result<Catalog> upgraded = look_at_catalog();
    if (!upgraded) return std::move(upgraded).error();
    BELAY_TRY(go_down(*before));
    if (out_.down->ok()) BELAY_TRY(go_up_again(*upgraded));
    return std::move(out_);
  }

 private:
  Result<std::unique_ptr<Connection>> connect() const { return database_->connect(); }

  Result<void> fill(uint32_t rows) {
    Result<std::unique_ptr<Connection>> connection = connect();
    if (!connection) return std::move(connection).error();
    Result<std::vector<TableShape>> tables = engine_.read_tables(**connection);
    if (!tables) return std::move(tables).error();
    BELAY_TRY(engine_.prepare_filling(**connection));
    Result<FilledTables> filled = fill_tables(**connection, *tables, rows);
    if (!filled) return std::move(filled).error();
    out_.filled = *std::move(filled);
    return engine_.finish_filling(**connection, rows);
  }

  Result<Catalog> look_at_catalog() const {
    Result<std::unique_ptr<Connection>> connection = connect();
    if (!connection) return std::move(connection).error();
    return engine_.read_catalog(**connection);
  }

  Result<State> look() const {
    Result<std::unique_ptr<Connection>> connection = connect();
    if (!connection) return std::move(connection).error();
    Result<Catalog> catalog = engine_.read_catalog(**connection);
    if (!catalog) return std::move(catalog).error();
    Result<std::vector<TableShape>> tables = engine_.read_tables(**connection);
    if (!tables) return std::move(tables).error();
    Result<Contents> contents = read_contents(**connection, *tables);
    if (!contents) return std::move(contents).error();
    return State{*std::move(catalog), *std::move(contents)};
  }

  Result<void> run_script(const RunnableScript& script, RunOutcome& outcome) const {
    Result<std::unique_ptr<Connection>> connection = connect();
    if (!connection) return std::move(connection).error();
    outcome = workbench::run_script(**connection, script);
    if (outcome.error && outcome.error->cancelled) return Error{"cancelled", "", ""};
    return {};
  }

  Result<void> go_down(const State& before) {
    out_.down.emplace();
    BELAY_TRY(run_script(*scripts_.down, *out_.down));
    if (!out_.down->ok()) {
      out_.verdict =
          is_refusal(*out_.down->error) ? Verdict::kDeclaredIrreversible : Verdict::kDownFailed;
      return {};
    }
    Result<State> undone = look();
    if (!undone) return std::move(undone).error();
    out_.differences = compare(before.catalog, undone->catalog);
    out_.lost = lost_data(before.contents, undone->contents);
    out_.added = left_rows(before.contents, undone->contents);
    out_.verdict = judge();
    return {};
  }

  /// `RAISE EXCEPTION` without a code of its own: somebody has written that there is no way back.
  static bool is_refusal(const runtime::DatabaseError& error) { return error.code_name == "P0001"; }

  Verdict judge() const {
    const bool same = std::all_of(out_.differences.begin(), out_.differences.end(),
                                  [](const Difference& d) { return d.only_order(); });
    if (!same) return Verdict::kDiffers;
    if (!out_.differences.empty()) return Verdict::kRestoredButOrder;
    return out_.lost.empty() ? Verdict::kRestored : Verdict::kRestoredDataLost;
  }

  Result<void> go_up_again(const Catalog& upgraded) {
    out_.reup.emplace();
    BELAY_TRY(run_script(scripts_.up, *out_.reup));
    if (!out_.reup->ok()) return {};
    Result<Catalog> again = look_at_catalog();
    if (!again) return std::move(again).error();
    out_.reup_differences = compare(upgraded, *again);
    return {};
  }

  ScratchEngine& engine_;
  const RoundTripScripts& scripts_;
  std::unique_ptr<ScratchDatabase> database_;
  RoundTrip out_;
};

/// One attempt, with nothing left of it: a role that it has made would be in the next one's way.
Result<RoundTrip> attempt(ScratchEngine& engine, const ScratchDatabase& start,
                          const RoundTripScripts& scripts, uint32_t rows) {
  Result<std::vector<std::string>> shared = engine.read_shared();
  if (!shared) return std::move(shared).error();
  Result<RoundTrip> out = Attempt(engine, scripts).run(start, rows);
  engine.drop_shared_besides(*shared);
  return out;
}

}  // namespace

Result<RoundTrip> run_round_trip(ScratchEngine& engine, const ScratchDatabase& start,
                                 const RoundTripScripts& scripts, uint32_t rows) {
  Result<RoundTrip> out = attempt(engine, start, scripts, rows);
  if (!out || rows == 0) return out;
  const bool up_failed = !out->up.ok();
  const bool down_failed = out->down && !out->down->ok();
  if (!up_failed && !down_failed) return out;
  Result<RoundTrip> plain = attempt(engine, start, scripts, 0);
  if (!plain) return plain;
  if (up_failed && plain->up.ok()) {
    plain->up_error_on_rows = std::move(out->up.error);
    plain->filled = std::move(out->filled);
    return plain;
  }
  out->down_fails_on_rows = down_failed && plain->down && plain->down->ok();
  return out;
}

}  // namespace belay::workbench
