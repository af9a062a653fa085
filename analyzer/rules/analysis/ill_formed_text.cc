#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/text/utf8.h"

namespace belay::rules {
namespace {

constexpr Descriptor kDescriptor = {
    .id = "ill-formed-text",
    .title = "Bytes that are no text",
    .category = Category::kAnalysis,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(The script holds bytes that are not UTF-8, or a NUL byte. Servers refuse the statement, or stop
reading it at the NUL, depending on the driver.)",
    .instead = "Save the file as UTF-8.",
    .checks_downs = true,
    .outside_migrations = true,
};

void check(const ScriptContext& script, const ScriptTrace&, Report& report) {
  const std::string_view text = script.location.range.of(script.text);
  const uint32_t base = script.location.range.begin;
  if (const std::optional<ByteRange> bad = utf8::first_ill_formed(text)) {
    report.at(script, bad->shifted(base), "These bytes are not UTF-8.");
  }
  const size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    const auto at = static_cast<uint32_t>(nul) + base;
    report.at(script, {at, at + 1}, "A NUL byte.");
  }
}

}  // namespace

Rule make_ill_formed_text() { return {&kDescriptor, {}, check}; }

}  // namespace belay::rules
