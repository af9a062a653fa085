#pragma once

#include <string>
#include <string_view>

#include <belay/report.h>

namespace belay::lsp {

/// All of a report as a page, under a title and the place that it is about. The words are the
/// report's own, as `belay` prints them; only the commands to type are left to the editor.
std::string report_markdown(std::string_view title, std::string_view place,
                            const runtime::Report& report);

}  // namespace belay::lsp
