#pragma once

#include <belay/migration.h>

#include "analyzer/project/project.h"
#include "analyzer/text/document.h"

namespace belay::workbench {

/// A script of a project with its text, as the runtime takes it: what is not the script's own is
/// left out or blank, and places stay those of the file.
runtime::Script runtime_script(const project::Script& location, const Document& document);

}  // namespace belay::workbench
