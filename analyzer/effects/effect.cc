#include "analyzer/effects/effect.h"

#include <algorithm>

#include "analyzer/effects/engines.h"

namespace belay::effects {

std::string_view lock_mode_name(LockMode mode) {
  switch (mode) {
    case LockMode::kNone: return "";
    case LockMode::kAccessShare: return "ACCESS SHARE";
    case LockMode::kRowShare: return "ROW SHARE";
    case LockMode::kRowExclusive: return "ROW EXCLUSIVE";
    case LockMode::kShareUpdateExclusive: return "SHARE UPDATE EXCLUSIVE";
    case LockMode::kShare: return "SHARE";
    case LockMode::kShareRowExclusive: return "SHARE ROW EXCLUSIVE";
    case LockMode::kExclusive: return "EXCLUSIVE";
    case LockMode::kAccessExclusive: return "ACCESS EXCLUSIVE";
    case LockMode::kDatabaseWrite: return "database write lock";
  }
  return "";
}

std::string_view blocked_by(LockMode mode) {
  switch (mode) {
    case LockMode::kAccessExclusive: return "reads and writes";
    case LockMode::kShare:
    case LockMode::kShareRowExclusive:
    case LockMode::kExclusive:
    case LockMode::kDatabaseWrite: return "writes";
    default: return "";
  }
}

LockMode Effect::strongest() const {
  LockMode out = LockMode::kNone;
  for (const RelationEffect& r : relations) {
    if (!r.is_new) out = std::max(out, r.lock);
  }
  return out;
}

const RelationEffect* Effect::on(std::string_view relation) const {
  for (const RelationEffect& r : relations) {
    if (r.relation == relation) return &r;
  }
  return nullptr;
}

std::string describe(const Effect& effect) {
  std::string out;
  const auto add = [&](std::string_view part) {
    if (!out.empty()) out += "; ";
    out += part;
  };
  for (const RelationEffect& r : effect.relations) {
    std::string line(lock_mode_name(r.lock));
    if (line.empty()) line = "no lock";
    line += " on " + r.relation;
    if (r.is_new) {
      line += " (new in this migration)";
    } else if (const std::string_view blocked = blocked_by(r.lock); !blocked.empty()) {
      line.append(" (").append(blocked).append(" wait)");
    }
    if (r.rewrite) line += ", table rewritten";
    if (r.scan) line += ", table scanned";
    if (r.builds_index && !r.rewrite) line += ", index built";
    add(line);
  }
  if (effect.outside_transaction) add("cannot run inside a transaction");
  if (!effect.unknown.empty()) add("not certain: " + effect.unknown);
  return out;
}

Effect effect_of(const sql::Operation& operation, const schema::Schema& before, uint32_t script) {
  switch (before.dialect().engine) {
    case Engine::kPostgres: return postgres_effect(operation, before, script);
    case Engine::kSqlite: return sqlite_effect(operation, before, script);
    case Engine::kMysql:
    case Engine::kMariadb: break;
  }
  Effect out;
  out.unknown = "effects on " + std::string(engine_display_name(before.dialect().engine)) +
                " are not known yet";
  return out;
}

}  // namespace belay::effects
