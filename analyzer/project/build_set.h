#pragma once

#include "analyzer/project/layouts/plan.h"
#include "analyzer/project/project.h"
#include "analyzer/project/project_files.h"

namespace belay::project {

/// Turns a plan into `set`, whose directory, layout, dialect and habit are given: reads the files
/// of the scripts, their marks and directives.
void build_set(ProjectFiles& files, SetPlan plan, MigrationSet& set);

/// The script that is the whole of a file.
Script whole_script(const MigrationSet& set, const std::string& path, std::string_view text);

/// Whether the file at `path` holds both directions, under marks.
bool is_marked_file(Layout layout, const std::string& path);

/// Reads the marks of `path` into the migration's two scripts, and adds what is wrong with them to
/// the set's problems.
void apply_marks(MigrationSet& set, Migration& migration, const std::string& path,
                 std::string_view text);

/// By path, then by place.
void sort_problems(std::vector<LayoutProblem>& problems);

}  // namespace belay::project
