#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/result.h>

#include "runtime/io/durable_file.h"
#include "runtime/io/json.h"

namespace belay::runtime {

/// One line of the journal. `docs/runtime.md` lists the events with their data.
struct JournalRecord {
  uint64_t number = 0;  ///< from 1 in every session, without gaps
  std::string at;
  std::string session;
  std::string event;
  Json data;
};

/// What a session has done and is about to do: an append-only file of one line for each step, each
/// with its own checksum. It is on the disk before the step that it announces, unless the database
/// itself tells whether the step was done.
///
/// A line is `1 CHECKSUM LENGTH JSON`: the format, 16 hexadecimal digits of the SHA-256 of the
/// JSON, its bytes in 8 hexadecimal digits, and the record. What a power cut leaves of lines that
/// were not synced may be any part of them: a bad line ends the journal. Where a line behind it
/// tells that the bad one was on the disk, that is damage.
class Journal {
 public:
  struct Content {
    std::vector<JournalRecord> records;
    uint64_t good_bytes = 0;  ///< up to here all lines are whole
    bool torn = false;        ///< something follows that is no whole line
  };

  /// An absent file is an empty journal. Errors: it cannot be read, or is damaged.
  static Result<Content> read(const std::string& path);

  /// Opens the journal for writing after `content`, cutting off a torn end.
  static Result<Journal> open(const std::string& path, const Content& content);

  Result<void> append(std::string_view session, std::string_view event, Json data,
                      Sync sync = Sync::kNow);

 private:
  Journal(AppendFile file, uint64_t last) : file_(std::move(file)), last_(last) {}

  AppendFile file_;
  uint64_t last_;
  uint64_t synced_ = 0;  ///< the last record that is known to be on the disk
};

/// Reads the journals of closed sessions, one behind the other. An absent file is an empty one;
/// `torn` says that lines were passed over because they are not whole.
Result<Journal::Content> read_audit_log(const std::string& audit_path);

/// Moves a closed journal's lines to the end of `audit_path` and removes it. Can be repeated after
/// it was cut off anywhere: lines that have arrived do not arrive twice.
Result<void> archive_journal(const std::string& journal_path, const std::string& audit_path);

}  // namespace belay::runtime
