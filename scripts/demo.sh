#!/usr/bin/env bash
# Builds Belay and shows what it does: lints a sample project, then runs migrations on a rope on a
# SQLite database with rows in it. Sets up all it needs; the second run takes seconds.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

setup_build sqlite3
mkdir -p "$ROOT/build"
# The release preset in a folder of its own, made for being built once: without the language server,
# which is not shown here, and without regard to what a compiler that we do not know may warn of.
export CCACHE_DISABLE=1  # a first build finds nothing in a cache, and filling it takes time
say "Building build/demo/cli/belay"
configure release -B "$ROOT/build/demo" -DBELAY_TESTS=OFF -DBELAY_LSP=OFF \
  -DBELAY_UNITY=ON -DBELAY_WERROR=OFF
cmake --build "$ROOT/build/demo" --target belay
belay=$ROOT/build/demo/cli/belay

run() {  # shows a command as a person would type it, and runs it
  printf '\n\033[1;32m$ belay %s\033[0m\n' "$*"
  "$belay" "$@"
}

say "1. What would these migrations do to a busy PostgreSQL database?"
cd "$ROOT/migrations-fixtures/demo/shop"
run lint || true

say "2. A migration that fails half-way on a SQLite database, on a rope"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$ROOT/migrations-fixtures/demo/rope/." "$work"
cd "$work"
contents() {  # every row of every table that is not Belay's own
  sqlite3 app.db "SELECT * FROM people ORDER BY id; SELECT * FROM calls ORDER BY id"
}
show() {
  printf '\n    sqlite3 counts %s people and %s calls; the first is: %s\n' \
    "$(sqlite3 app.db 'SELECT count(*) FROM people')" \
    "$(sqlite3 app.db 'SELECT count(*) FROM calls')" \
    "$(sqlite3 app.db 'SELECT * FROM people LIMIT 1')"
}

# The program's first release: its tables, then a year of its rows.
"$belay" begin >/dev/null && "$belay" apply --to 0001 >/dev/null && "$belay" commit >/dev/null
sqlite3 app.db < people.sql
contents > before.txt
show

run begin
run apply </dev/null || true
show
run status
run rollback
show
contents | cmp - before.txt && echo "    Every row is back, byte for byte."

say "3. The same with the mistake mended"
cp fixed/0003_unique_email.up.sql migrations/
run begin
run apply
run commit
show

say "Done. The program is $belay; try: belay lint, belay rules, belay explain set-not-null"
