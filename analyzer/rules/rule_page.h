#pragma once

#include <string>

#include "analyzer/rules/descriptor.h"

namespace belay::rules {

/// A rule's page in Markdown: what `belay explain` prints and what stands in docs/rules/.
std::string rule_page(const Descriptor& rule);

/// The table of all rules, docs/rules/README.md.
std::string rule_index_page();

}  // namespace belay::rules
