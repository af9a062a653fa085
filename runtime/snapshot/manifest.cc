#include "runtime/snapshot/manifest.h"

#include "support/file_system.h"

namespace belay::runtime {
namespace {

constexpr const char* kZstd = "zstd";

Json to_json(const GuardAdvice& advice) {
  return {{"guard", guard_name(advice.guard)},
          {"tables", advice.tables},
          {"losing_rows", advice.losing_rows},
          {"reason", advice.reason}};
}

Guard guard_from_name(const std::string& name) {
  for (const Guard guard : {Guard::kTransaction, Guard::kTables, Guard::kNone}) {
    if (name == guard_name(guard)) return guard;
  }
  return Guard::kDatabase;
}

GuardAdvice advice_from_json(const Json& json) {
  GuardAdvice advice;
  advice.guard = guard_from_name(text_at(json, "guard"));
  advice.tables = texts_at(json, "tables");
  advice.losing_rows = texts_at(json, "losing_rows");
  advice.reason = text_at(json, "reason");
  return advice;
}

}  // namespace

uint64_t Manifest::total_rows() const {
  uint64_t total = 0;
  for (const auto& [table, count] : rows) total += count;
  return total;
}

SnapshotInfo Manifest::info() const {
  SnapshotInfo info;
  info.path = location;
  info.strategy = strategy;
  info.checksum = checksum;
  info.bytes = bytes;
  info.rows = total_rows();
  info.tables = rows.size();
  return info;
}

Json to_json(const RowCounts& counts) {
  Json json = Json::object();
  for (const auto& [table, count] : counts) json[table] = count;
  return json;
}

RowCounts row_counts_from_json(const Json& json) {
  RowCounts counts;
  if (!json.is_object()) return counts;
  for (const auto& [table, count] : json.items()) {
    if (count.is_number()) counts[table] = count.get<uint64_t>();
  }
  return counts;
}

std::string row_difference(const RowCounts& expected, const RowCounts& found) {
  std::string out;
  for (const auto& [table, rows] : expected) {
    const auto other = found.find(table);
    if (other != found.end() && other->second == rows) continue;
    if (!out.empty()) out += ", ";
    out += table + " (" + std::to_string(rows) + " and " +
           (other == found.end() ? "no table" : std::to_string(other->second)) + ")";
  }
  return out.empty() ? "further tables" : out;
}

Json to_json(const Manifest& manifest) {
  return {{"format", Manifest::kFormat},
          {"session", manifest.session},
          {"taken_at", manifest.taken_at},
          {"database", manifest.database},
          {"strategy", manifest.strategy},
          {"location", manifest.location},
          {"existed", manifest.existed},
          {"compression", manifest.compressed ? kZstd : ""},
          {"bytes", manifest.bytes},
          {"checksum", manifest.checksum},
          {"digest", manifest.digest},
          {"schema_fingerprint", manifest.schema_fingerprint},
          {"rows", to_json(manifest.rows)},
          {"left_alone", manifest.left_alone},
          {"engine_version", manifest.engine_version},
          {"belay_version", manifest.belay_version},
          {"guard", guard_name(manifest.guard)},
          {"advice", to_json(manifest.advice)},
          {"details", manifest.details}};
}

Result<Manifest> manifest_from_json(const Json& json, const std::string& path) {
  if (!json.is_object()) return Error{"it is no manifest of a snapshot", path, ""};
  const int64_t format = number_at(json, "format");
  if (format < Manifest::kOldestFormat || format > Manifest::kFormat) {
    return Error{"the manifest has format " + std::to_string(format) +
                     "; this Belay reads the formats " + std::to_string(Manifest::kOldestFormat) +
                     " to " + std::to_string(Manifest::kFormat),
                 path, "use the version that took the snapshot: " + text_at(json, "belay_version")};
  }
  Manifest manifest;
  manifest.session = text_at(json, "session");
  manifest.taken_at = text_at(json, "taken_at");
  manifest.database = text_at(json, "database");
  manifest.strategy = text_at(json, "strategy");
  manifest.location = text_at(json, "location");
  manifest.existed = flag_at(json, "existed");
  manifest.compressed = text_at(json, "compression") == kZstd;
  manifest.bytes = static_cast<uint64_t>(number_at(json, "bytes"));
  manifest.checksum = text_at(json, "checksum");
  manifest.digest = text_at(json, "digest");
  manifest.schema_fingerprint = text_at(json, "schema_fingerprint");
  manifest.rows = row_counts_from_json(at(json, "rows"));
  manifest.left_alone = texts_at(json, "left_alone");
  manifest.engine_version = text_at(json, "engine_version");
  manifest.belay_version = text_at(json, "belay_version");
  manifest.guard = guard_from_name(text_at(json, "guard"));
  manifest.advice = advice_from_json(at(json, "advice"));
  manifest.details = at(json, "details");
  return manifest;
}

Result<Manifest> read_manifest(const std::string& path) {
  constexpr uint64_t kMaxBytes = uint64_t{64} << 20U;
  Result<std::string> text = DiskFileSystem().read(path, kMaxBytes);
  if (!text) return std::move(text).error();
  return manifest_from_json(parse_json(*text), path);
}

}  // namespace belay::runtime
