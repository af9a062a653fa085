#pragma once

#include <string>

#include <belay/migration.h>
#include <belay/report.h>

#include "analyzer/project/project.h"
#include "analyzer/text/document.h"

namespace belay::workbench {

/// A script of a project with its text, as the runtime takes it: what is not the script's own is
/// left out or blank, and places stay those of the file.
runtime::Script runtime_script(const project::Script& location, const Document& document);

/// What the runtime calls a migration by: its version, or its id where the layout has none.
std::string version_of(const project::Migration& migration);

/// Whether its runner puts the script into a transaction.
bool wants_transaction(const project::Script& script);

/// Whether an applied migration has other statements now than those that ran, so that `apply` will
/// refuse. `document` is the file of its up. False of what has no text of its own: a program.
bool has_other_statements(const runtime::LedgerEntry& applied, const project::Migration& migration,
                          const Document& document, Engine engine);

}  // namespace belay::workbench
