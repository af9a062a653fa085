#include <iostream>

#include "analyzer/rules/rule.h"
#include "analyzer/rules/rule_page.h"
#include "cli/command.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  const std::string id = arguments.value("rule");
  if (id.empty()) return fail({"of which rule?", "", "`belay rules` lists them"}, kUsage);
  const std::optional<size_t> index = rules::rule_index(id);
  if (!index) {
    const std::string_view guess = rules::nearest_rule(id);
    return fail(
        {"there is no rule `" + id + "`", "",
         guess.empty() ? "`belay rules` lists them" : "did you mean `" + std::string(guess) + "`?"},
        kUsage);
  }
  std::cout << rules::rule_page(*rules::all_rules()[*index].descriptor);
  return kClean;
}

}  // namespace

Command explain_command() {
  return {"explain",
          "Say why a rule exists, when it bites, and what to do instead",
          {{"rule", "The rule's name", OptionSpec::Kind::kValue}},
          run};
}

}  // namespace belay::cli
