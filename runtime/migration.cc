#include <belay/migration.h>

namespace belay::runtime {

std::string MigrationScript::display_name() const {
  if (!id.empty()) return id;
  return name.empty() ? version : version + "_" + name;
}

bool MigrationScript::is_called(std::string_view words) const {
  return version == words || display_name() == words;
}

std::string_view direction_name(Direction direction) {
  return direction == Direction::kUp ? "up" : "down";
}

std::string_view verdict_name(DownAdvice::Verdict verdict) {
  switch (verdict) {
    case DownAdvice::Verdict::kExact: return "exact";
    case DownAdvice::Verdict::kLosesData: return "loses-data";
    case DownAdvice::Verdict::kDiffers: return "differs";
    case DownAdvice::Verdict::kFails: return "fails";
    case DownAdvice::Verdict::kUnknown: break;
  }
  return "unknown";
}

}  // namespace belay::runtime
