#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "runtime/drivers/sqlite/driver.h"
#include "runtime/io/durable_file.h"
#include "support/file_system.h"

namespace belay::runtime::sqlite {
namespace {

using Level = Finding::Level;

/// The file systems on which locks of one machine are not seen on another (statfs(2)).
const char* remote_file_system(const std::string& directory) {
  struct statfs info {};
  if (::statfs(directory.c_str(), &info) != 0) return nullptr;
  switch (static_cast<uint32_t>(info.f_type)) {
    case 0x6969: return "NFS";
    case 0x517B:
    case 0xFF534D42:
    case 0xFE534D42: return "SMB";
    case 0x01021997: return "9p";
    case 0x65735546: return "FUSE";
    default: return nullptr;
  }
}

void look_at_directory(const std::string& directory, std::vector<Finding>& findings) {
  if (::access(directory.c_str(), W_OK | X_OK) != 0) {
    findings.push_back({Level::kProblem, "rights",
                        "files cannot be made in " + directory + ": " + std::strerror(errno),
                        "SQLite keeps its journals beside the database, and Belay its snapshots"});
  }
  if (const char* kind = remote_file_system(directory)) {
    findings.push_back({Level::kWarning, "locks",
                        std::string("the database lies on a file system of the kind ") + kind +
                            ", where locks may not reach other machines",
                        "run everything that writes to it on one machine"});
  }
}

void look_at_log(const std::string& path, std::vector<Finding>& findings) {
  constexpr uint64_t kLarge = uint64_t{64} << 20U;
  const uint64_t log = file_size(path + "-wal");
  if (log < kLarge) return;
  findings.push_back({Level::kWarning, "log",
                      "the log beside the database has " + std::to_string(log >> 20U) +
                          " MB: somebody keeps reading, so that it cannot be folded back",
                      "look for a transaction that nobody ends"});
}

}  // namespace

void SqliteDriver::diagnose(std::vector<Finding>& findings) const {
  const std::string directory(path::parent(settings_.path));
  look_at_directory(directory, findings);
  const Result<Presence> presence = this->presence();
  if (!presence) {
    findings.push_back({Level::kProblem, "connection", presence.error().message, ""});
    return;
  }
  findings.push_back({Level::kGood, "version", std::string("SQLite ") + sqlite3_libversion(), ""});
  if (*presence == Presence::kAbsent) {
    findings.push_back(
        {Level::kNote, "connection", "there is no database yet; the first apply makes it", ""});
    return;
  }
  Result<std::unique_ptr<Connection>> connection = connect(Purpose::kLook, /*create=*/false);
  Result<Rows> mode = connection ? (*connection)->query("PRAGMA journal_mode")
                                 : Result<Rows>(std::move(connection).error());
  if (!mode) {
    findings.push_back({Level::kProblem, "connection", mode.error().message, mode.error().hint});
    return;
  }
  findings.push_back({Level::kGood, "connection",
                      "the database can be read; its journal mode is " + mode->text(), ""});
  if (settings_.read_only || ::access(settings_.path.c_str(), W_OK) != 0) {
    findings.push_back({Level::kProblem, "rights", "the database cannot be written to",
                        "check who may write to the file, and the URL's mode"});
  } else {
    auto writer = open_connection(SQLITE_OPEN_READWRITE);
    if (writer) {
      (*writer)->set_waiting(false);
      (*writer)->keep_log(true);
    }
    if (writer && !(*writer)->begin() && (*writer)->last_error().busy) {
      findings.push_back({Level::kWarning, "others", "somebody is writing to the database just now",
                          "a command waits for that, 10 s unless it is told --wait"});
    }
  }
  look_at_log(settings_.path, findings);
}

}  // namespace belay::runtime::sqlite
