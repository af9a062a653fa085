#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace belay::runtime {

/// What protects a run, from the cheapest to none.
enum class Guard : uint8_t {
  kTransaction,  ///< nothing is copied: migrations only make what is new, and a rollback drops it
  kTables,       ///< snapshots of the tables that are touched
  kDatabase,     ///< a snapshot of the whole database
  kNone,         ///< nothing is brought back
};

std::string_view guard_name(Guard guard);

/// What the caller knows about the migrations of a session, from analysis or from their author. It
/// may be left out: then everything is taken to be touched, and the whole database is guarded.
struct GuardAdvice {
  Guard guard = Guard::kDatabase;
  /// Tables that are touched; empty: not known.
  std::vector<std::string> tables;
  /// Tables from which rows are meant to go. Their losses are reported, but not as a surprise.
  std::vector<std::string> losing_rows;
  /// Why, in words, for the manifest.
  std::string reason;
};

}  // namespace belay::runtime
