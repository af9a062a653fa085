#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include <belay/session.h>

namespace belay::testing {

/// A directory that is there as long as the object. It lies in memory where the system has a place
/// for that, because tests of crashes sync a thousand times.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

/// Runs SQL on a SQLite file by the library alone, without any code of Belay. Fails the test on an
/// error.
void run_sql(const std::string& path, const std::string& sql);
/// The first value of the first row, as text; "" for NULL or no row.
std::string query_text(const std::string& path, const std::string& sql);

/// Everything that a SQLite file holds, as text, by the library alone: schema, rows with their
/// rowids, user version. "absent" without a file. Equal texts mean equal databases.
std::string dump(const std::string& path);
/// The same without Belay's own table.
std::string dump_without_ledger(const std::string& path);

/// Whether two dumps are equal; says the first line that differs.
::testing::AssertionResult same_content(const std::string& found, const std::string& expected);

/// The bytes of a file; "" where there is none.
std::string read_bytes(const std::string& path);
void write_bytes(const std::string& path, std::string_view bytes);
/// Copies a directory with all that is in it and its times; the target must not exist.
void copy_directory(const std::string& from, const std::string& to);

/// A small shop that Belay did not make: foreign keys, an index, a view, a trigger, a table without
/// rowids, generated columns, blobs, and a gap in the rowids. Every one is the same.
void make_shop(const std::string& path, const std::string& journal_mode = "delete");

runtime::SessionOptions session_options(const std::string& database);
runtime::MigrationScript migration(std::string version, std::string name, std::string up);

}  // namespace belay::testing
