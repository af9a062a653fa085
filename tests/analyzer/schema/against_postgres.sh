#!/usr/bin/env bash
# Runs the scripts of replay/postgresql on real servers of its own, the newest that is installed and
# PostgreSQL 18 from build/deps, and compares what their catalogs say with the .txt beside each.
# Exits with 77, which CTest counts as skipped, where there is no server to start.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

installed=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
if [ ! -x "${installed:-}/psql" ]; then
  echo "skipped: there is no PostgreSQL server (apt: postgresql)"
  exit 77
fi
# A server refuses to run as root.
as=()
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi

data=$(mktemp -d)
bin=
stop() {
  if [ -e "$data/db/postmaster.pid" ]; then "${as[@]}" "$bin/pg_ctl" -D "$data/db" -m immediate stop >/dev/null; fi
  rm -rf "$data/db"
}
trap 'stop; rm -rf "$data"' EXIT
if [ "$(id -u)" = 0 ]; then chown postgres "$data"; fi
cd "$data"

failed=0
for bin in "$installed" "$here/../../../build/deps/postgresql-18/bin"; do
  if [ ! -x "$bin/initdb" ]; then echo "left out: there is no server in $bin"; continue; fi
  "${as[@]}" "$bin/initdb" -D "$data/db" -U test -A trust -E UTF8 --locale=C --no-sync >/dev/null
  "${as[@]}" "$bin/pg_ctl" -D "$data/db" -w -l "$data/log" \
    -o "-c listen_addresses= -c unix_socket_directories=$data -c fsync=off" start >/dev/null
  for script in "$here"/replay/postgresql/*.sql; do
    name=$(basename "$script" .sql)
    "$installed/createdb" -h "$data" -U test "$name"
    "$installed/psql" -h "$data" -U test -d "$name" -q -X -v ON_ERROR_STOP=1 <"$script" 2>"$data/errors" ||
      { echo "$name.sql does not run:"; grep -v NOTICE "$data/errors"; failed=1; continue; }
    "$installed/psql" -h "$data" -U test -d "$name" -q -X -v ON_ERROR_STOP=1 <"$here/print_schema.sql" >"$data/got"
    diff -u --label "$name.txt" --label "$("$bin/postgres" --version)" "${script%.sql}.txt" "$data/got" || failed=1
  done
  stop
done
exit $failed
