#!/usr/bin/env python3
"""Begin and rollback of a session on PostgreSQL beside what the server needs for the copy alone.

Usage: postgres.py BELAY SERVER_URL [--tables 20] [--rows 240000] [--runs 3]

Makes a database `belay_bench` on the server (SERVER_URL ends with a slash: postgresql://user@host:port/), about 1 GB by
default, and drops it at the end. Prints medians and ratios of one run of the script; absolute times mean nothing on a
shared machine.
"""
import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

DATABASE = "belay_bench"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("belay")
    parser.add_argument("server")
    parser.add_argument("--tables", type=int, default=20)
    parser.add_argument("--rows", type=int, default=240000)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()

    def sql(text, database=DATABASE):
        done = subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", args.server + database, "-c", text],
                              check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def timed(work):
        begun = time.monotonic()
        work()
        return time.monotonic() - begun

    sql(f"DROP DATABASE IF EXISTS {DATABASE}", "postgres")
    sql(f"CREATE DATABASE {DATABASE}", "postgres")
    for i in range(1, args.tables + 1):
        sql(f"CREATE TABLE t{i} AS SELECT g AS id, md5(g::text) AS a, repeat(md5((g * 7)::text), 4) AS b, "
            f"now() AS c FROM generate_series(1, {args.rows}) g; ALTER TABLE t{i} ADD PRIMARY KEY (id)")
    subprocess.run(["psql", "-qX", args.server + DATABASE, "-c", "VACUUM ANALYZE", "-c", "CHECKPOINT"], check=True)
    print("database", sql(f"SELECT pg_size_pretty(pg_database_size('{DATABASE}'))"),
          "table", sql("SELECT pg_size_pretty(pg_relation_size('t1'))"))

    with tempfile.TemporaryDirectory() as folder:
        migrations = pathlib.Path(folder, "migrations")
        migrations.mkdir()

        def project(up, down):
            (migrations / "0001_change.up.sql").write_text(up)
            (migrations / "0001_change.down.sql").write_text(down)

        def belay(*words):
            done = subprocess.run([args.belay, *words, folder, "--database", args.server + DATABASE],
                                  capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(done.stdout + done.stderr)

        pathlib.Path(folder, "belay.toml").write_text('dialect = "postgresql"\nmigrations = "migrations"\n')

        def measure(name, floor, limit, other_floor=None):
            floors, others, begins, rollbacks = [], [], [], []
            for _ in range(args.runs):
                floors.append(floor())
                if other_floor:
                    others.append(other_floor())
                begins.append(timed(lambda: belay("begin")))
                belay("apply")
                rollbacks.append(timed(lambda: belay("rollback")))
            f, b, r = (statistics.median(x) for x in (floors, begins, rollbacks))
            print(f"{name}: copy alone {f * 1000:.0f} ms, begin {b * 1000:.0f} ms = {b / f:.2f} times (limit {limit}); "
                  f"rollback {r * 1000:.0f} ms")
            if others:
                o = statistics.median(others)
                print(f"{name}: the files alone {o * 1000:.0f} ms, begin = {b / o:.2f} times")

        def copy_table():
            spent = timed(lambda: sql("CREATE TABLE copy AS SELECT * FROM t1"))
            sql("DROP TABLE copy")
            return spent

        def copy_database(how=""):
            spent = timed(lambda: sql(f"CREATE DATABASE {DATABASE}_copy TEMPLATE {DATABASE} {how}", "postgres"))
            sql(f"DROP DATABASE {DATABASE}_copy", "postgres")
            return spent

        project("ALTER TABLE t1 ADD COLUMN d text;\n", "ALTER TABLE t1 DROP COLUMN d;\n")
        measure("one table", copy_table, 1.2)
        # A function that is replaced is about more than tables.
        sql("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        project("CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';\n"
                "ALTER TABLE t1 ADD COLUMN d text;\n", "")
        (migrations / "0001_change.down.sql").unlink()
        # What the server does by itself, and what it can be told to do, as Belay tells it from 512 MB on.
        measure("whole database", copy_database, 1.1, lambda: copy_database("STRATEGY FILE_COPY"))
    sql(f"DROP DATABASE {DATABASE}", "postgres")


main()
