#include "runtime/session/journal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "runtime/io/clock.h"
#include "runtime/io/sha256.h"
#include "support/file_system.h"

namespace belay::runtime {
namespace {

constexpr size_t kChecksumDigits = 16;
constexpr size_t kLengthDigits = 8;
constexpr std::string_view kFormat = "1 ";
constexpr size_t kHeadSize = kFormat.size() + kChecksumDigits + 1 + kLengthDigits + 1;
constexpr uint64_t kMaxBytes = uint64_t{1} << 30U;
/// The last record on the disk when a line was written; left out where it is the one before it.
constexpr const char* kSynced = "synced";

std::string checksum_of(std::string_view json) {
  return sha256_hex(json).substr(0, kChecksumDigits);
}

std::string line_of(const Json& json) {
  const std::string text = dump_json(json);
  std::array<char, kLengthDigits + 1> length{};
  std::snprintf(length.data(), length.size(), "%08zx", text.size());
  return std::string(kFormat) + checksum_of(text) + " " + length.data() + " " + text + "\n";
}

/// The line at the start of `text` with its line end; empty where there is no whole one.
std::string_view whole_line(std::string_view text) {
  constexpr size_t kFirstSpace = kFormat.size() + kChecksumDigits;
  if (text.size() < kHeadSize || !text.starts_with(kFormat)) return {};
  if (text[kFirstSpace] != ' ' || text[kHeadSize - 1] != ' ') return {};
  const std::string_view checksum = text.substr(kFormat.size(), kChecksumDigits);
  const std::string_view digits = text.substr(kFormat.size() + kChecksumDigits + 1, kLengthDigits);
  size_t length = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), length, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return {};
  if (text.size() - kHeadSize <= length || text[kHeadSize + length] != '\n') return {};
  if (checksum_of(text.substr(kHeadSize, length)) != checksum) return {};
  return text.substr(0, kHeadSize + length + 1);
}

JournalRecord record_of(std::string_view line) {
  const Json json = parse_json(line.substr(kHeadSize));
  return {static_cast<uint64_t>(number_at(json, "n")), text_at(json, "at"),
          text_at(json, "session"), text_at(json, "event"), at(json, "data")};
}

/// Whether the whole line `later` cannot stand behind a bad record `number` unless that was on the
/// disk once.
bool vouches_for(std::string_view later, uint64_t number) {
  const Json json = parse_json(later.substr(kHeadSize));
  const auto own = static_cast<uint64_t>(number_at(json, "n"));
  const auto synced =
      json.contains(kSynced) ? static_cast<uint64_t>(number_at(json, kSynced)) : own - 1;
  return synced >= number || own <= number;
}

/// Whether a line that vouches for the record `number` begins anywhere in `text`, also behind what
/// has lost its line end. A record cannot hold another one: in JSON a line end is escaped.
bool is_vouched_for(std::string_view text, uint64_t number) {
  for (size_t at = text.find(kFormat); at != std::string_view::npos;
       at = text.find(kFormat, at + 1)) {
    const std::string_view line = whole_line(text.substr(at));
    if (!line.empty() && vouches_for(line, number)) return true;
  }
  return false;
}

Error damaged(const std::string& path, size_t record) {
  return {"the journal is damaged behind record " + std::to_string(record), path,
          "Belay does not guess: look at the database and at the snapshot beside the journal, and "
          "move the state directory away when you have what you need"};
}

}  // namespace

Result<Journal::Content> Journal::read(const std::string& path) {
  Content content;
  if (!file_exists(path)) return content;
  Result<std::string> text = DiskFileSystem().read(path, kMaxBytes);
  if (!text) return std::move(text).error();
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view line = whole_line(rest);
    if (line.empty()) break;
    JournalRecord record = record_of(line);
    if (record.number != content.records.size() + 1) {
      return damaged(path, content.records.size());
    }
    content.records.push_back(std::move(record));
    content.good_bytes += line.size();
    rest.remove_prefix(line.size());
  }
  if (is_vouched_for(rest, content.records.size() + 1)) {
    return damaged(path, content.records.size());
  }
  content.torn = !rest.empty();
  return content;
}

Result<Journal> Journal::open(const std::string& path, const Content& content) {
  Result<AppendFile> file = AppendFile::open(path);
  if (!file) return std::move(file).error();
  if (file->size() > content.good_bytes) BELAY_TRY(file->truncate(content.good_bytes));
  return Journal(*std::move(file), content.records.size());
}

Result<void> Journal::append(std::string_view session, std::string_view event, Json data,
                             Sync sync) {
  Json record = {{"n", last_ + 1},
                 {"at", utc_now()},
                 {"session", session},
                 {"event", event},
                 {"data", std::move(data)}};
  if (synced_ < last_) record[kSynced] = synced_;
  BELAY_TRY(file_.append(line_of(record), sync));
  ++last_;
  if (sync == Sync::kNow) synced_ = last_;
  return {};
}

Result<Journal::Content> read_audit_log(const std::string& audit_path) {
  Journal::Content content;
  if (!file_exists(audit_path)) return content;
  Result<std::string> text = DiskFileSystem().read(audit_path, kMaxBytes);
  if (!text) return std::move(text).error();
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view line = whole_line(rest);
    if (!line.empty()) content.records.push_back(record_of(line));
    content.torn |= line.empty();
    const size_t end = line.empty() ? rest.find('\n') : line.size() - 1;
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  content.good_bytes = text->size();
  return content;
}

Result<void> archive_journal(const std::string& journal_path, const std::string& audit_path) {
  if (file_exists(journal_path)) {
    Result<Journal::Content> content = Journal::read(journal_path);
    if (!content) return std::move(content).error();
    Result<std::string> journal = DiskFileSystem().read(journal_path, kMaxBytes);
    if (!journal) return std::move(journal).error();
    const std::string_view lines = std::string_view(*journal).substr(0, content->good_bytes);
    std::string audit;
    if (file_exists(audit_path)) {
      Result<std::string> text = DiskFileSystem().read(audit_path, kMaxBytes);
      if (!text) return std::move(text).error();
      audit = *std::move(text);
    }
    // What an interrupted attempt has brought over is a beginning of the lines at the audit's end.
    // Lines bear their session's name, so nothing else can look like it.
    size_t arrived = std::min(lines.size(), audit.size());
    while (arrived > 0 && !audit.ends_with(lines.substr(0, arrived))) --arrived;
    Result<AppendFile> file = AppendFile::open(audit_path);
    if (!file) return std::move(file).error();
    const bool torn = arrived == 0 && !audit.empty() && !audit.ends_with('\n');
    BELAY_TRY(file->append((torn ? "\n" : "") + std::string(lines.substr(arrived))));
  }
  return remove_file(journal_path);
}

}  // namespace belay::runtime
