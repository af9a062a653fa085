#pragma once

#include <map>
#include <string>
#include <vector>

#include "analyzer/project/project.h"
#include "analyzer/rules/finding.h"
#include "analyzer/text/document.h"

namespace belay {

/// Leads findings to the files that people write: what stands in the script of a program, to its
/// source. Fixes that cannot be written there are left out. `texts` holds scripts and sources by
/// path.
void write_findings(std::vector<Finding>& findings, const project::MigrationSet& set,
                    const std::map<std::string, Document>& texts);

}  // namespace belay
