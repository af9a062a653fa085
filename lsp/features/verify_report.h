#pragma once

#include <string>

#include "lsp/features/session_plan.h"
#include "workbench/verify/verify.h"

namespace belay::lsp {

/// What came of a verification, in a few lines: counts, and the migrations that something is wrong
/// with.
Notice verify_notice(const workbench::VerifyResult& result);

/// All of it as Markdown.
std::string verify_report(const workbench::VerifyResult& result);

}  // namespace belay::lsp
