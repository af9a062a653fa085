#pragma once

#include <string>

#include "analyzer/project/layouts/changelog.h"
#include "analyzer/project/layouts/plan.h"

namespace belay::project {

/// The migration that a changeset is. `file`: the changelog's path below the set's folder, the
/// first part of the id, which is written as Liquibase reports it: `file::id::author`.
Draft changeset_draft(const std::string& file, const std::string& path, const Changelog& log,
                      const Changeset& set);

}  // namespace belay::project
