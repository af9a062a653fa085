#!/usr/bin/env bash
# Starts a new rule: scripts/new-rule.sh no-such-thing locks
#
# Writes the stub of analyzer/rules/<category>/<rule>.cc, enters it into the registry and the build, and
# leaves the rest to you: the descriptor's text, its examples (they are its tests), and the check.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

id=${1:?usage: scripts/new-rule.sh ID CATEGORY} category=${2:?usage: scripts/new-rule.sh ID CATEGORY}
[[ $id =~ ^[a-z]+(-[a-z]+)*$ ]] || die "a rule's name is in kebab-case: $id"
[ -d "analyzer/rules/$category" ] ||
  die "no such category: $category ($(cd analyzer/rules && echo */ | tr -d /))"
name=${id//-/_}
file=analyzer/rules/$category/$name.cc
[ ! -e "$file" ] || die "$file exists"
constant=$(sed -E 's/(^|_)([a-z])/\U\2/g' <<<"$category")

cat > "$file" <<STUB
#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "TODO: what this shows", "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "DROP TABLE [[orders]];"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "TODO: what this shows", "", "CREATE TABLE orders (id bigint PRIMARY KEY);"},
};

constexpr Descriptor kDescriptor = {
    .id = "$id",
    .title = "TODO: a heading without a full stop",
    .category = Category::k$constant,
    .engines = {Engine::kPostgres},
    .severity = Severity::kWarning,
    .why = R"(TODO: what happens, to whom, and how long.)",
    .instead = R"(TODO: the safe form.)",
    .exemptions = R"(TODO: when it keeps silent.)",
    .bad = kBad,
    .good = kGood,
};

void check(const sql::DropTable& op, const Context& context, Report& report) {
  report.at(context, op.table.range, "TODO: one sentence about " + code(op.table.to_string()) + ".");
}

}  // namespace

Rule make_$name() { return {&kDescriptor, {on<sql::DropTable, check>()}}; }

}  // namespace belay::rules
STUB

# The registry and the build list their rules in order.
python3 - "$name" "rules/$category/$name.cc" <<'PY'
import re, sys
name, source = sys.argv[1:]
path = "analyzer/rules/registry.h"
text = open(path).read()
block = re.search(r"#define BELAY_RULES\(X\)[^\n]*\n((?:  X\(\w+\)[^\n]*\n)+)", text)
names = sorted(set(re.findall(r"X\((\w+)\)", block.group(1))) | {name})
lines = ["  X(%s)" % n for n in names]
width = max(map(len, lines)) + 1
body = "".join(l.ljust(width) + "\\\n" for l in lines[:-1]) + lines[-1] + "\n"
head = "#define BELAY_RULES(X)".ljust(width) + "\\\n"
text = text[:block.start()] + head + body + text[block.end():]
open(path, "w").write(text)
path = "analyzer/rules/sources.cmake"
lines = open(path).read().splitlines()
lines[1:-1] = sorted(set(lines[1:-1]) | {"  " + source})
open(path, "w").write("\n".join(lines) + "\n")
PY

cat <<NEXT
$file is a stub that compiles. Next:
  1. write it; its examples run as tests: ctest --preset debug -R rules_test
  2. BELAY_UPDATE_FIXTURES=1 ctest --preset debug -R rules_test   writes docs/rules/$id.md
  3. a line in CHANGELOG.md
NEXT
