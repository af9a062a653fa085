#include "lsp/features/session_view.h"

#include <set>
#include <utility>

namespace belay::lsp {
namespace {

using runtime::HistoryEvent;
using runtime::LedgerEntry;
using runtime::MigrationState;

/// Goes through the events of all sessions, so that a rollback finds what was there before; what
/// the view knows already is not told again.
class Follower {
 public:
  explicit Follower(const SessionView& view) : view_(view) {}

  void follow(const HistoryEvent& event, bool is_new) {
    switch (event.kind) {
      case HistoryEvent::Kind::kBegun:
      case HistoryEvent::Kind::kCommitted:
      case HistoryEvent::Kind::kClosed: keep(); break;
      case HistoryEvent::Kind::kApplied: set(event, MigrationState::kDone, is_new); break;
      case HistoryEvent::Kind::kTakenBack: set(event, MigrationState::kRolledBack, is_new); break;
      case HistoryEvent::Kind::kFailed:
        // A down that failed and left nothing behind leaves its migration applied.
        if (event.direction == runtime::Direction::kUp) set(event, MigrationState::kFailed, is_new);
        break;
      case HistoryEvent::Kind::kRestored: go_back(is_new); break;
      case HistoryEvent::Kind::kEdited:
      case HistoryEvent::Kind::kReplaced: forget(is_new); break;
    }
  }

  void hand_over(SessionView& view) const {
    KnownLedger ledger = forgotten_ ? KnownLedger() : *view_.ledger;
    for (const std::string& version : news_) {
      const LedgerEntry& told = told_.at(version);
      LedgerEntry& entry = ledger[version];
      // Of the same run the ledger has told more: the checksums.
      const bool is_known = entry.state == told.state && entry.session == told.session;
      if (!is_known || entry.version.empty()) entry = told;
    }
    view.ledger = std::make_shared<const KnownLedger>(std::move(ledger));
    view.ledger_known = view_.ledger_known && !forgotten_;
  }

 private:
  static LedgerEntry entry_of(const HistoryEvent& event, MigrationState state) {
    LedgerEntry out;
    out.version = event.version;
    out.name = event.name;
    out.state = state;
    out.session = event.session;
    out.error = event.text;
    if (state == MigrationState::kDone) out.applied_at = event.at;
    return out;
  }

  void set(const HistoryEvent& event, MigrationState state, bool is_new) {
    if (in_session_.insert(event.version).second && !before_.contains(event.version)) {
      // What is taken back was applied, and what is applied was not.
      const bool was_applied = state == MigrationState::kRolledBack;
      before_[event.version] =
          entry_of(event, was_applied ? MigrationState::kDone : MigrationState::kPending);
    }
    told_[event.version] = entry_of(event, state);
    if (is_new) news_.insert(event.version);
  }

  /// No rollback goes behind this.
  void keep() {
    before_ = told_;
    in_session_.clear();
  }

  /// Whatever ran in the session that is over is as it was before it.
  void go_back(bool is_new) {
    for (const std::string& version : in_session_) {
      told_[version] = before_.at(version);
      if (is_new) news_.insert(version);
    }
    keep();
  }

  /// Somebody has put other rows in: nothing is known any more.
  void forget(bool is_new) {
    told_.clear();
    before_.clear();
    in_session_.clear();
    news_.clear();
    forgotten_ = forgotten_ || is_new;
  }

  const SessionView& view_;
  KnownLedger told_;
  KnownLedger before_;                ///< what was there when the last session began
  std::set<std::string> in_session_;  ///< what has run in it
  std::set<std::string> news_;
  bool forgotten_ = false;
};

}  // namespace

bool SessionView::is_applied(const std::string& version) const {
  const auto entry = ledger->find(version);
  return entry != ledger->end() && entry->second.state == MigrationState::kDone;
}

SessionView view_of(const runtime::StatusReport& status) {
  SessionView out;
  out.open = status.phase != runtime::SessionPhase::kNone;
  out.session = status.session;
  out.since = status.since;
  out.guarded = status.guarded;
  out.applied_in_session = status.applied;
  out.ledger_known = status.unreachable_because.empty();
  auto ledger = std::make_shared<KnownLedger>();
  for (const LedgerEntry& entry : status.ledger) {
    if (!entry.version.empty()) (*ledger)[entry.version] = entry;
  }
  out.ledger = std::move(ledger);
  return out;
}

SessionView followed(const SessionView& view, const runtime::RecordsReport& records) {
  SessionView out = view;
  out.open = records.open;
  out.session = records.session;
  out.since = records.since;
  out.guarded = records.guarded;
  out.applied_in_session = records.applied;
  out.events = records.events.size();
  Follower follower(view);
  for (size_t i = 0; i < records.events.size(); ++i) {
    follower.follow(records.events[i], i >= view.events);
  }
  follower.hand_over(out);
  return out;
}

}  // namespace belay::lsp
