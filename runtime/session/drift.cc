#include "runtime/session/drift.h"

#include <utility>

#include "runtime/session/ledger.h"
#include "runtime/session/look.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

/// The entry that changed the schema last; nullptr where there is none. Entries stand by position,
/// and whatever changes the schema gets the last one.
const LedgerEntry* newest(const std::vector<LedgerEntry>& ledger) {
  const LedgerEntry* out = nullptr;
  for (const LedgerEntry& entry : ledger) {
    const bool left_nothing = !is_half(entry) && (entry.state == MigrationState::kFailed ||
                                                  entry.state == MigrationState::kStarted);
    if (left_nothing) continue;
    if (out == nullptr || entry.position >= out->position) out = &entry;
  }
  return out;
}

}  // namespace

std::string_view drift_name(SchemaDrift::State state) {
  switch (state) {
    case SchemaDrift::State::kNone: return "none";
    case SchemaDrift::State::kDrifted: return "drifted";
    case SchemaDrift::State::kUnknown: break;
  }
  return "unknown";
}

SchemaDrift drift_of(const std::vector<LedgerEntry>& ledger, const std::string& fingerprint) {
  using State = SchemaDrift::State;
  SchemaDrift drift;
  drift.fingerprint = fingerprint;
  const LedgerEntry* entry = newest(ledger);
  if (entry == nullptr) {
    drift.reason = "the ledger has no entry to compare it with";
    return drift;
  }
  drift.recorded_by = entry_name(*entry);
  if (is_half(*entry)) {
    drift.reason = drift.recorded_by + " is there by half";
    return drift;
  }
  drift.recorded = entry->schema_after;
  if (drift.recorded.empty()) {
    drift.reason = "the entry of " + drift.recorded_by + " does not tell what the schema was";
    return drift;
  }
  drift.state = drift.recorded == fingerprint ? State::kNone : State::kDrifted;
  drift.reason = drift.state == State::kNone ? "the schema is what " + drift.recorded_by + " left"
                                             : "the schema is not what " + drift.recorded_by +
                                                   " left: something else has "
                                                   "changed it since";
  return drift;
}

Result<VerifySchemaReport> Session::verify_schema() const {
  Result<Look> look = look_at(options_);
  if (!look) return std::move(look).error();
  VerifySchemaReport report;
  if (look->database == nullptr) {
    report.drift.reason = "the database does not exist yet";
  } else {
    Result<std::string> fingerprint = look->driver().schema_fingerprint(*look->database);
    if (!fingerprint) return std::move(fingerprint).error();
    report.drift = drift_of(look->ledger, *fingerprint);
  }
  const SchemaDrift& drift = report.drift;
  report.headline = drift.state == SchemaDrift::State::kNone      ? "The schema has not drifted"
                    : drift.state == SchemaDrift::State::kDrifted ? "The schema has drifted"
                                                                  : "Drift cannot be told";
  report.headline += ": " + drift.reason;
  if (!drift.fingerprint.empty()) report.facts.push_back({"Now", drift.fingerprint});
  if (!drift.recorded.empty()) {
    report.facts.push_back({"Recorded", drift.recorded + "\nby " + drift.recorded_by});
  }
  return report;
}

}  // namespace belay::runtime
