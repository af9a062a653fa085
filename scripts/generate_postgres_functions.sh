#!/usr/bin/env bash
# Writes analyzer/sql/postgres/builtin_functions.inc: PostgreSQL's built-in functions by volatility, read
# from the catalog of the server that psql connects to (PGHOST and the like say which).
#
# Left out is what nobody calls by name: the functions behind types, operators, aggregates and indexes.
set -euo pipefail
cd "$(dirname "$0")/.."

names() {  # names of the functions whose volatility is $1; a name with several counts as the last of i, s, v
  psql -XAtq -c "
    select format('    \"%s\",', proname)
    from pg_proc p
    where prokind in ('f', 'w')
      and not exists (select from unnest(proargtypes) a where a = 'internal'::regtype)
      and prorettype not in ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
      and proname !~ '^(binary_upgrade|plpgsql_)'
      and not exists (select from pg_type t where p.oid in (t.typinput, t.typoutput, t.typreceive,
                      t.typsend, t.typmodin, t.typmodout, t.typanalyze))
      and not exists (select from pg_operator o where p.oid in (o.oprcode, o.oprrest, o.oprjoin))
      and not exists (select from pg_amproc a where a.amproc = p.oid)
      and not exists (select from pg_aggregate a where p.oid in (aggtransfn, aggfinalfn,
                      aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn,
                      aggmfinalfn))
    group by proname
    having max(provolatile) = '$1'
    order by proname collate \"C\""
}

out=analyzer/sql/postgres/builtin_functions.inc
{
  echo "// Made by scripts/generate_postgres_functions.sh from the catalog of PostgreSQL $(psql -XAtqc 'show server_version_num' | cut -c1-2)."
  for class in i:kImmutable s:kStable v:kVolatile; do
    echo
    echo "constexpr std::string_view ${class#*:}[] = {"
    names "${class%%:*}"
    echo "};"
  done
} > "$out.new"
clang-format --assume-filename=x.cc < "$out.new" > "$out"
rm "$out.new"
