#include "analyzer/rules/rule_page.h"

#include "analyzer/rules/rule.h"

namespace belay::rules {
namespace {

constexpr Engine kEngines[] = {Engine::kPostgres, Engine::kSqlite, Engine::kMysql,
                               Engine::kMariadb};

std::string engines_text(const Engines& engines) {
  std::string out;
  for (Engine e : kEngines) {
    if (!engines.contains(e)) continue;
    if (!out.empty()) out += ", ";
    out += engine_display_name(e);
  }
  return out;
}

std::string without_marks(std::string_view sql) {
  std::string out;
  for (size_t i = 0; i < sql.size(); ++i) {
    if (sql.substr(i, 2) == "[[" || sql.substr(i, 2) == "]]") {
      ++i;
    } else {
      out += sql[i];
    }
  }
  return out;
}

std::string example_text(const Example& example, bool name_engine) {
  std::string out = "**" + std::string(example.title) + "**";
  if (name_engine) out += " (" + std::string(engine_display_name(example.engine)) + ")";
  if (!example.cpp.empty()) return out + "\n\n```cpp\n" + without_marks(example.cpp) + "\n```\n\n";
  out += "\n\n```sql\n";
  if (!example.before.empty()) {
    out += "-- applied before\n" + std::string(example.before) + "\n\n";
    out += "-- this migration\n";
  }
  out += without_marks(example.sql) + "\n";
  if (!example.down.empty()) out += "\n-- its down\n" + without_marks(example.down) + "\n";
  if (!example.later.empty()) out += "\n-- a later migration\n" + std::string(example.later) + "\n";
  if (!example.later_down.empty()) {
    out += "\n-- its down\n" + std::string(example.later_down) + "\n";
  }
  return out + "```\n\n";
}

bool has_several_engines(const Descriptor& rule) {
  for (const auto* examples : {&rule.bad, &rule.good}) {
    for (const Example& e : *examples) {
      if (e.engine != rule.bad.front().engine) return true;
    }
  }
  return false;
}

}  // namespace

std::string rule_page(const Descriptor& rule) {
  std::string out = "# " + std::string(rule.id) + "\n\n" + std::string(rule.title) + ".\n\n";
  out += "| | |\n|---|---|\n";
  out += "| severity | " + std::string(severity_name(rule.severity)) + " |\n";
  out += "| about | " + std::string(category_name(rule.category)) + " |\n";
  out += "| dialects | " + engines_text(rule.engines) + " |\n";
  out += "| downs | " + std::string(rule.checks_downs ? "checked" : "not checked") + " |\n";
  out += "| SQL outside of migrations | " +
         std::string(rule.outside_migrations ? "checked" : "not checked") +
         (rule.outside_at_most < rule.severity
              ? " (" + std::string(severity_name(rule.outside_at_most)) + ")"
              : "") +
         " |\n\n";
  out += "## Why\n\n" + std::string(rule.why) + "\n\n";
  out += "## Instead\n\n" + std::string(rule.instead) + "\n\n";
  if (!rule.exemptions.empty()) {
    out += "## When it keeps silent\n\n" + std::string(rule.exemptions) + "\n\n";
  }
  const bool name_engine = !rule.bad.empty() && has_several_engines(rule);
  if (!rule.bad.empty()) out += "## Bad\n\n";
  for (const Example& e : rule.bad) out += example_text(e, name_engine);
  if (!rule.good.empty()) out += "## Good\n\n";
  for (const Example& e : rule.good) out += example_text(e, name_engine);
  out += "## Silence it\n\n";
  if (rule.always_on) {
    out += "This one cannot be silenced.\n";
  } else {
    out +=
        "For a statement, with a comment before it or behind it on its line; for a file, at any "
        "place in it. In C++ a comment with `//` does the same for a call, a method or a class, "
        "and for a file:\n\n```sql\n-- belay:ignore " +
        std::string(rule.id) + ": why it is all right here\n-- belay:ignore-file " +
        std::string(rule.id) +
        ": why\n```\n\nFor the project, in belay.toml:\n\n```toml\n[rules]\n" +
        std::string(rule.id) + " = \"off\"   # or \"info\", \"warning\", \"error\"\n```\n";
  }
  return out;
}

std::string rule_index_page() {
  std::string out =
      "# Rules\n\nMade from the rules' own descriptions; `belay explain RULE` prints the same "
      "pages.\n\n| rule | severity | about | dialects | |\n|---|---|---|---|---|\n";
  for (const Rule& rule : all_rules()) {
    const Descriptor& d = *rule.descriptor;
    out += "| [" + std::string(d.id) + "](" + std::string(d.id) + ".md) | " +
           std::string(severity_name(d.severity)) + " | " + std::string(category_name(d.category)) +
           " | " + engines_text(d.engines) + " | " + std::string(d.title) + " |\n";
  }
  return out;
}

}  // namespace belay::rules
