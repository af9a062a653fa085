// The scripts stand in one file, each behind a line with the name that it gets when the file is cut
// apart again. These names are sqlx's, since that layout has a mark for a script that runs without
// a transaction.
#include "workbench/verify/reproducer.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "support/ascii.h"
#include "support/file_system.h"
#include "workbench/verify/verify.h"

namespace belay::workbench {
namespace {

constexpr std::string_view kMark = "-- belay file ";

/// As a comment, whatever line ends are in it.
std::string comment(std::string_view text, std::string_view indent = "") {
  std::string out = "-- " + std::string(indent);
  for (const char c : text) {
    if (c == '\r') continue;
    out += c;
    if (c == '\n') out += "--   " + std::string(indent);
  }
  return out + "\n";
}

std::string section(const std::string& name, const RanScript& script) {
  std::string out = std::string(kMark) + name + "\n";
  if (!script.in_transaction) out += "-- no-transaction\n";
  out += script.sql;
  if (out.back() != '\n' || script.sql.empty()) out += '\n';
  return out;
}

std::string error_line(const std::string& what, const RunOutcome& outcome) {
  if (outcome.ok()) return {};
  return comment(what + " fails: " + outcome.error->message + " (" + outcome.error->code_name + ")",
                 "  ");
}

std::string what_happened(const RoundTrip& trip) {
  std::string out;
  for (const Difference& d : trip.differences) {
    out += comment(std::string(how_name(d.how)) + " " + d.kind + " " + d.id +
                       (d.new_id.empty() ? "" : ", now " + d.new_id),
                   "  ");
    for (const Difference::Attribute& a : d.attributes) {
      out += comment(a.name + ": `" + a.before + "`, then `" + a.after + "`", "    ");
    }
  }
  for (const DataLoss& loss : trip.lost) {
    out += comment("lost: " + loss.table + (loss.column.empty() ? "" : "." + loss.column), "  ");
  }
  if (trip.down) out += error_line("down", *trip.down);
  if (trip.down_fails_on_rows) out += comment("(only with rows)", "  ");
  return out;
}

std::string how_to_repeat(const Circumstances& c, const std::string& version) {
  std::string command = "belay verify . --layout sqlx --dialect ";
  command += engine_name(c.dialect.engine);
  command += " --dialect-version " + to_string(c.dialect.version);
  command += " --rows " + std::to_string(c.rows);
  if (!c.setup.empty()) command += " --setup setup.sql";
  return comment("To repeat it, in an empty folder, with the path of this file for FILE:") +
         comment("awk '/^" + std::string(kMark) + "/ {close(f); f=$4; next} f {print > f}' FILE",
                 "  ") +
         comment(command + " " + version, "  ");
}

/// A name that every file system takes.
std::string file_name(const std::string& id) {
  constexpr size_t kLongest = 80;
  std::string out;
  for (const char c : id.substr(0, kLongest)) {
    const bool plain = ascii::is_letter(c) || ascii::is_digit(c) || c == '-' || c == '.';
    out += plain ? c : '_';
  }
  return "belay-disagreement-" + out + "-XXXXXX.sql";
}

/// The end of the literal in quotes that begins at `at`.
size_t literal_end(const std::string& text, size_t at) {
  const char quote = text[at];
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] != quote) continue;
    if (i + 1 < text.size() && text[i + 1] == quote) {
      ++i;
    } else {
      return i;
    }
  }
  return text.size();
}

void replace_behind(std::string& text, size_t at) {
  bool assigned = false;
  while (at < text.size() && (ascii::is_space(text[at]) || text[at] == '=' || text[at] == ':')) {
    assigned |= text[at++] == '=';
  }
  if (at >= text.size()) return;
  size_t end = at;
  if (text[at] == '\'' || text[at] == '"') {
    end = literal_end(text, at++);
  } else if (assigned) {
    while (end < text.size() && !ascii::is_space(text[end]) &&
           std::strchr("'\"&;,)", text[end]) == nullptr) {
      ++end;
    }
  }
  if (end > at) text.replace(at, end - at, "***");
}

}  // namespace

std::string without_passwords(std::string text) {
  constexpr std::string_view kWord = "password";
  // From the end, so that the places in front stay what they were.
  const std::string lowered = ascii::lower(text);
  for (size_t at = lowered.rfind(kWord); at != std::string::npos;
       at = at == 0 ? at - 1 : lowered.rfind(kWord, at - 1)) {
    replace_behind(text, at + kWord.size());
  }
  constexpr std::string_view kScheme = "://";
  for (size_t at = text.find(kScheme); at != std::string::npos; at = text.find(kScheme, at + 1)) {
    const size_t begin = at + kScheme.size();
    const size_t stop = text.find_first_of("/'\" \t\r\n?", begin);
    const size_t host = text.substr(0, stop).rfind('@');
    const size_t colon = text.find(':', begin);
    if (host == std::string::npos || host < begin || colon >= host) continue;
    text.replace(colon + 1, host - colon - 1, "***");
  }
  return text;
}

std::string reproducer(const VerifiedMigration& migration, const Circumstances& circumstances) {
  const std::string version = std::to_string(circumstances.history.size() + 1);
  std::string out =
      comment("Belay's analysis of migration " + migration.id + " and its execution disagree.") +
      comment("analysis:  " + std::string(rollback::verdict_name(migration.expected.verdict)) +
              " (" + migration.expected.reason + ")") +
      comment("execution: " + std::string(migration.word())) + what_happened(migration.trip) +
      comment("engine:    " + migration.engine) + "--\n" +
      comment(
          "This file holds the scripts up to this one, and nothing of any database. Passwords") +
      comment("were replaced; have a look at it all the same before you hand it on.") +
      how_to_repeat(circumstances, version);
  if (!circumstances.setup.empty()) out += section("setup.sql", {circumstances.setup, true});
  for (size_t i = 0; i < circumstances.history.size(); ++i) {
    out += section(std::to_string(i + 1) + "_before.up.sql", circumstances.history[i]);
  }
  out += section(version + "_disagreement.up.sql", circumstances.up);
  if (circumstances.down) {
    out += section(version + "_disagreement.down.sql", *circumstances.down);
  }
  return without_passwords(std::move(out));
}

Result<std::string> write_reproducer(const std::string& directory,
                                     const VerifiedMigration& migration,
                                     const Circumstances& circumstances) {
  std::string path = path::join(path::absolute(directory), file_name(migration.id));
  constexpr int kSuffix = 4;  // .sql
  const int fd = ::mkstemps(path.data(), kSuffix);
  if (fd < 0)
    return Error{"cannot make a file there: " + std::string(std::strerror(errno)), directory, ""};
  const std::string text = reproducer(migration, circumstances);
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(fd, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    written += static_cast<size_t>(count);
  }
  const int code = errno;
  if (::close(fd) == 0 && written == text.size()) return path;
  ::unlink(path.c_str());
  return Error{"cannot write the file: " + std::string(std::strerror(code)), path, ""};
}

}  // namespace belay::workbench
