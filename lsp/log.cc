#include "lsp/log.h"

namespace belay::lsp {

std::string_view Log::level_name(Level level) {
  switch (level) {
    case Level::kOff: return "off";
    case Level::kError: return "error";
    case Level::kWarning: return "warning";
    case Level::kInfo: return "info";
  }
  return "";
}

std::optional<Log::Level> Log::level_from_name(std::string_view name) {
  for (const Level level : {Level::kOff, Level::kError, Level::kWarning, Level::kInfo}) {
    if (level_name(level) == name) return level;
  }
  return std::nullopt;
}

}  // namespace belay::lsp
