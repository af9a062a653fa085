#pragma once

#include <map>
#include <string>

#include "analyzer/project/project.h"
#include "analyzer/rules/finding.h"
#include "analyzer/text/document.h"

namespace belay::workbench {

/// A finding as it is to be shown: in the files that people write. What stands in the script of a
/// program is led back to its source; fixes that cannot be written there are left out.
Finding written_finding(const Finding& finding, const project::MigrationSet& set,
                        const std::map<std::string, Document>& texts);

}  // namespace belay::workbench
