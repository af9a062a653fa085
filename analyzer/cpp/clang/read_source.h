#pragma once

#include <memory>

#include "analyzer/cpp/builder.h"
#include "analyzer/cpp/reading.h"

namespace belay::cpp {

/// Reads a source with Clang's own front end: the migrations in it, and the SQL that they run.
/// Errors in the source, a header that is not there among them, do not keep it from being read as
/// far as it can be understood. Without a `builder` calls of the schema builder run nothing.
Reading read_source(const Request& request, const BuilderSql* builder = nullptr);

/// A source that is read again and again while it is edited: what it includes is compiled once.
class KeptSource {
 public:
  explicit KeptSource(const BuilderSql* builder = nullptr);
  ~KeptSource();
  KeptSource(const KeptSource&) = delete;
  KeptSource& operator=(const KeptSource&) = delete;

  /// As `read_source`. Fast where the request differs from the last in the text alone, and not in
  /// the lines that include others.
  Reading read(const Request& request);
  /// Makes ready for the next reading, in the time of a whole one.
  void prepare();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace belay::cpp
