#!/usr/bin/env bash
# Formats the C++ sources; with --check only says which are not formatted, and fails if any is.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

format=$(command -v clang-format-14 || command -v clang-format) || die "clang-format is not installed"
mode=(-i)
if [ "${1:-}" = --check ]; then mode=(--dry-run --Werror); fi
find support analyzer runtime workbench lsp cli tests examples \
  \( -name '*.cc' -o -name '*.h' \) -not -path '*/build/*' -print0 |
  xargs -0 -P 2 -n 40 "$format" --style=file "${mode[@]}"
