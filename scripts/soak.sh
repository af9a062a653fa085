#!/usr/bin/env bash
# Disturbs the sessions on PostgreSQL at their steps, for hours: killed, cut off, the server crashed, and a
# disk full, under each guard. The tests do the same at a few of them.
#   soak.sh [STRIDE [OFFSET]]
# STRIDE  how many steps lie between two that are tried; 1, which is meant without it, is all of them
# OFFSET  how many are left out before the first one, so that another run tries other steps
# Goes on behind a case that does not survive, with the next guard; fails at the end. It gives way to all
# others on the machine.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

export BELAY_FAULT_STRIDE=${1:-1} BELAY_FAULT_OFFSET=${2:-0}
[[ $BELAY_FAULT_STRIDE =~ ^[1-9][0-9]*$ && $BELAY_FAULT_OFFSET =~ ^[0-9]+$ ]] || die "soak.sh [STRIDE [OFFSET]]"

configure debug -DBELAY_TESTS=ON
build debug runtime_faults_postgres_test runtime_disk_full_postgres_test

cd "$ROOT/build/debug/tests/faults"
failed=
for program in runtime_faults_postgres_test runtime_disk_full_postgres_test; do
  while read -r test; do
    say "$program $test"
    nice -n 19 "./$program" --gtest_brief=1 --gtest_filter="$test" </dev/null || failed+=" $test"
  done < <("./$program" --gtest_list_tests | awk '/^[^ ]+\.$/ { suite = $1 } /^  / { print suite $1 }')
done
[ -z "$failed" ] || die "did not survive:$failed"
