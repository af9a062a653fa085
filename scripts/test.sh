#!/usr/bin/env bash
# Builds everything and runs all tests: units, faults, protocol, and real editors. Sets up all it
# needs. Options:
#   --fast       only what needs no editor
#   --sanitize   the unit tests once more under AddressSanitizer and ThreadSanitizer
# The last lines are CTest's.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

editors=ON sanitize=
for argument in "$@"; do
  case $argument in
    --fast) editors=OFF ;;
    --sanitize) sanitize=1 ;;
    *) die "unknown option $argument (--fast, --sanitize)" ;;
  esac
done

mkdir -p "$ROOT/build"
setup_build ccache libboost-dev libgtest-dev libgmock-dev sqlite3 postgresql openssl \
  python3-jsonschema clang-format-14 libclang-19-dev libclang-cpp19-dev llvm-19-dev
if [ "$editors" = ON ]; then setup_editors; fi
setup_sarif_schema
setup_postgres_18

say "Checking the format of the sources"
"$ROOT/scripts/format.sh" --check

say "Building build/debug"
configure debug -DBELAY_LSP=ON -DBELAY_TESTS=ON -DBELAY_EDITOR_TESTS=$editors
build debug all

if [ -n "$sanitize" ]; then
  for preset in asan tsan; do
    say "Building and testing build/$preset"
    configure "$preset" -DBELAY_LSP=ON -DBELAY_TESTS=ON -DBELAY_EDITOR_TESTS=OFF
    build "$preset" all
    (cd "$ROOT" && ctest --preset "$preset" --label-exclude 'slow')
  done
fi

say "Running the tests"
cd "$ROOT"
exec ctest --preset debug
