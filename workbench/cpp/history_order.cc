#include "workbench/cpp/history_order.h"

#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <belay/migrations.h>

namespace belay::workbench {
namespace {

using project::LayoutProblem;
using project::Migration;
using project::MigrationSet;

/// The first dependency on a version that is not there, or that leads back to its own migration.
std::optional<Place> bad_dependency_in(const std::vector<Migration>& migrations) {
  using Dependency = project::ClassDeclaration::Dependency;
  std::map<std::string, const Migration*> by_version;
  for (const Migration& m : migrations) by_version.emplace(m.version, &m);
  const auto needs = [&](const std::string& version) {
    const auto found = by_version.find(version);
    const bool known = found != by_version.end() && found->second->declaration != nullptr;
    return known ? found->second->declaration->dependencies : std::vector<Dependency>();
  };
  const auto leads_to = [&](const std::string& from, const std::string& to) {
    std::set<std::string> seen = {from};
    std::vector<std::string> open = {from};
    while (!open.empty()) {
      const std::string at = std::exchange(open.back(), "");
      open.pop_back();
      if (at == to) return true;
      for (const Dependency& next : needs(at)) {
        if (seen.insert(next.version).second) open.push_back(next.version);
      }
    }
    return false;
  };
  for (const Migration& m : migrations) {
    for (const Dependency& dependency : needs(m.version)) {
      const bool is_there = by_version.count(dependency.version) != 0;
      if (!is_there || leads_to(dependency.version, m.version)) return dependency.place;
    }
  }
  return std::nullopt;
}

LayoutProblem twice(const Migration& migration, const Migration& other) {
  return {LayoutProblem::Kind::kDuplicateVersion, migration.declaration->place.path,
          migration.declaration->version.value_or(migration.declaration->place).range,
          "The version " + migration.version + " is that of " + other.id + ", too.",
          other.up ? other.up->file() : std::string()};
}

}  // namespace

void add_in_order(MigrationSet& set, std::vector<Migration> classes) {
  std::map<std::string, const Migration*> versions;
  for (const Migration& m : set.migrations) versions.emplace(m.version, &m);
  std::vector<Migration> all;
  std::vector<Migration> rest;
  std::vector<runtime::MigrationScript> files;
  std::vector<runtime::MigrationScript> programs;
  const auto light = [&](const Migration& m) {
    runtime::MigrationScript out;
    out.version = m.version.empty() ? m.id : m.version;
    out.id = m.id;
    out.up.offset = static_cast<uint32_t>(all.size());
    if (m.declaration == nullptr) return out;
    for (const auto& dependency : m.declaration->dependencies) {
      out.dependencies.push_back(dependency.version);
    }
    return out;
  };
  all.reserve(classes.size() + set.migrations.size());  // `versions` points into it
  for (Migration& m : classes) {
    const auto other = versions.find(m.version);
    if (m.version.empty() || other != versions.end()) {
      if (!m.version.empty()) set.problems.push_back(twice(m, *other->second));
      rest.push_back(std::move(m));
      continue;
    }
    programs.push_back(light(m));
    all.push_back(std::move(m));
    versions[all.back().version] = &all.back();
  }
  for (Migration& m : set.migrations) {
    files.push_back(light(m));
    all.push_back(std::move(m));
  }
  set.migrations.clear();
  const auto sorted = in_order(programs, files);
  if (sorted) {
    for (const auto& script : *sorted) set.migrations.push_back(std::move(all[script.up.offset]));
  } else {
    if (const auto place = bad_dependency_in(all)) {
      set.problems.push_back(
          {LayoutProblem::Kind::kBadDependency, place->path, place->range,
           "No order has all behind what they need: " + sorted.error().message + ".", ""});
    }
    set.migrations = std::move(all);
  }
  std::move(rest.begin(), rest.end(), std::back_inserter(set.migrations));
}

}  // namespace belay::workbench
