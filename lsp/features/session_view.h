#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <belay/report.h>
#include <belay/upkeep.h>

namespace belay::lsp {

/// Rows of a database's ledger, by the versions of their migrations.
using KnownLedger = std::map<std::string, runtime::LedgerEntry>;

/// How far a history's session is: after the last command that this server ran on it, and what
/// other processes have written down since.
struct SessionView {
  std::string database;  ///< which, in words
  bool open = false;
  std::string session;                          ///< the open one's id
  std::string since;                            ///< UTC, ISO 8601
  bool guarded = true;                          ///< there is a snapshot to go back to
  std::vector<std::string> applied_in_session;  ///< display names, in order
  /// Never null. What came from the journals alone has no checksums.
  std::shared_ptr<const KnownLedger> ledger = std::make_shared<KnownLedger>();
  /// The ledger was read: what is not in it is pending. Else it is not known.
  bool ledger_known = false;
  /// How many events of the journals this has taken in, and their `Session::records_stamp` then.
  size_t events = 0;
  std::string stamp;

  bool is_applied(const std::string& version) const;
};

/// By the folders of histories. What is missing is not known: nothing looks into a database until a
/// person runs a command.
using SessionViews = std::map<std::string, SessionView>;

SessionView view_of(const runtime::StatusReport& status);

/// The view as the journals have it by now. They tell of the migrations that they name; of the
/// others stays what was known.
SessionView followed(const SessionView& view, const runtime::RecordsReport& records);

}  // namespace belay::lsp
