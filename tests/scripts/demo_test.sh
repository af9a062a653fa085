#!/usr/bin/env bash
# Runs scripts/demo.sh and checks that it shows what it promises, in that order.
set -euo pipefail
cd "$(dirname "$0")/../.."

shown=$(mktemp)
trap 'rm -f "$shown"' EXIT
scripts/demo.sh >"$shown" 2>&1 || { cat "$shown"; echo "demo.sh failed"; exit 1; }

from=1
expect() {  # expect TEXT: on a line behind those that were expected before
  local found
  found=$(tail -n "+$from" "$shown" | grep -n -m 1 -F -e "$1" | cut -d: -f1) || true
  [ -n "$found" ] || { cat "$shown"; echo "demo.sh does not show: $1"; exit 1; }
  from=$((from + found))
}
expect '$ belay lint'
expect 'ACCESS EXCLUSIVE'
expect 'sqlite3 counts 1000 people and 5000 calls'
expect '$ belay begin'
expect '$ belay apply'
expect 'UNIQUE constraint failed'
expect '$ belay rollback'
expect 'sqlite3 counts 1000 people and 5000 calls'
expect 'Every row is back, byte for byte.'
expect '$ belay commit'
expect 'sqlite3 counts 1000 people and 4917 calls'
