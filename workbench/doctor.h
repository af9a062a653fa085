#pragma once

#include <belay/result.h>
#include <belay/session.h>

#include "workbench/sessions.h"

namespace belay::workbench {

/// Whether Belay can work here: the database as `Session::diagnose` sees it, and the project.
Result<runtime::DiagnosisReport> diagnose(const SessionTarget& target);

}  // namespace belay::workbench
