#!/usr/bin/env python3
"""Sessions on SQLite beside the plain tools.

Usage: sqlite.py BELAY [--rows 2200000] [--runs 3] [--migrations 1000] [--dbmate PROGRAM]

Begin, apply and rollback on a database of about 1 GB beside `cp` and fsync of its file, for a migration that changes rows
and for one that only makes something new; then many small migrations beside the same SQL through the sqlite3 shell, in as
many transactions, and beside dbmate where its program is named. Prints medians and ratios of one run of the script;
absolute times mean nothing on a shared machine.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time


def timed(work):
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


class Project:
    def __init__(self, belay, folder):
        self.belay, self.folder = belay, pathlib.Path(folder)
        self.database = self.folder / "app.db"
        (self.folder / "migrations").mkdir()
        (self.folder / "belay.toml").write_text(
            'dialect = "sqlite"\nmigrations = "migrations"\n\n[database]\nurl = "sqlite:app.db"\n')

    def write(self, name, up, down):
        (self.folder / "migrations" / f"{name}.up.sql").write_text(up)
        (self.folder / "migrations" / f"{name}.down.sql").write_text(down)

    def run(self, *words):
        return run(self.belay, *words, str(self.folder))


def sync(path):
    descriptor = os.open(path, os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)


def large(args):
    with tempfile.TemporaryDirectory(dir=args.directory) as folder:
        project = Project(args.belay, folder)
        run("sqlite3", str(project.database),
            "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, mail TEXT, note TEXT);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            f"{args.rows}) INSERT INTO people SELECT i, hex(randomblob(16)), hex(randomblob(16)), "
            "hex(randomblob(160)) FROM n; CREATE INDEX people_by_mail ON people (mail)")
        print(f"database {project.database.stat().st_size / 1e6:.0f} MB")
        copy = project.folder / "copy.db"

        def plain_copy():
            subprocess.run(["cp", "--reflink=never", str(project.database), str(copy)], check=True)
            sync(copy)

        for name, up, down in [
                ("rows change", "UPDATE people SET note = NULL WHERE id <= 1000;\n", "SELECT 1;\n"),
                ("something new", "CREATE TABLE tags (name TEXT);\n", "DROP TABLE tags;\n")]:
            project.write("0001_change", up, down)
            times = {"cp": [], "begin": [], "apply": [], "rollback": []}
            for _ in range(args.runs):
                os.sync()
                times["cp"].append(timed(plain_copy))
                copy.unlink()
                os.sync()
                for command in ("begin", "apply", "rollback"):
                    times[command].append(timed(lambda: project.run(command)))
                    os.sync()
            m = {key: statistics.median(values) for key, values in times.items()}
            print(f"{name}: cp and fsync {m['cp'] * 1000:.0f} ms, begin {m['begin'] * 1000:.0f} ms = "
                  f"{m['begin'] / m['cp']:.2f} times, apply {m['apply'] * 1000:.0f} ms, rollback "
                  f"{m['rollback'] * 1000:.0f} ms = {m['rollback'] / m['cp']:.2f} times (limits 1.15)")


def many(args):
    with tempfile.TemporaryDirectory(dir=args.directory) as folder:
        project = Project(args.belay, folder)
        ups = []
        for i in range(1, args.migrations + 1):
            kind = i % 3
            table = f"t{(i + 2) // 3}"
            up = (f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER);\n" if kind == 1 else
                  f"CREATE INDEX {table}_by_a ON {table} (a);\n" if kind == 2 else
                  f"INSERT INTO {table} VALUES (1, 'x', 2), (2, 'y', 3);\n")
            down = (f"DROP TABLE {table};\n" if kind == 1 else f"DROP INDEX {table}_by_a;\n" if kind == 2 else
                    f"DELETE FROM {table};\n")
            ups.append(up)
            project.write(f"{i:04d}_change", up, down)
        shell_db, dbmate_db = project.folder / "shell.db", project.folder / "dbmate.db"
        script = project.folder / "all.sql"
        script.write_text("CREATE TABLE versions (v TEXT PRIMARY KEY);\n" + "".join(
            f"BEGIN;\n{up}INSERT INTO versions VALUES ('{i}');\nCOMMIT;\n" for i, up in enumerate(ups)))
        dbmate_folder = project.folder / "dbmate"
        dbmate_folder.mkdir()
        for i, up in enumerate(ups):
            (dbmate_folder / f"{i + 1:04d}_change.sql").write_text(f"-- migrate:up\n{up}\n-- migrate:down\n")

        # What the ledger and the journal cost by themselves: the same transactions with the ledger's rows instead of a
        # version, and as many lines of a journal's length, each synced.
        with_ledger = project.folder / "ledger.sql"

        def write_ledger_script():
            shape = run("sqlite3", str(project.database), ".schema belay_migrations")
            rows = run("sqlite3", "-cmd", ".mode insert belay_migrations", str(project.database),
                       "SELECT * FROM belay_migrations ORDER BY position").splitlines()
            with_ledger.write_text(shape + "".join(f"BEGIN;\n{up}{row}\nCOMMIT;\n" for up, row in zip(ups, rows)))

        def journal():
            with open(project.folder / "journal", "wb", buffering=0) as file:
                for _ in range(args.migrations):
                    file.write(b"x" * 800 + b"\n")
                    os.fdatasync(file.fileno())

        def shell(what=script):
            with open(what) as text:
                subprocess.run(["sqlite3", "-bail", str(shell_db)], stdin=text, check=True)

        def dbmate():
            run(args.dbmate, "--url", f"sqlite:{dbmate_db}", "--migrations-dir", str(dbmate_folder), "--no-dump-schema",
                "migrate")

        times = {"shell": [], "apply": [], "dbmate": [], "ledger": [], "journal": []}
        for _ in range(args.runs):
            for path in (shell_db, dbmate_db, project.database):
                path.unlink(missing_ok=True)
            shutil.rmtree(f"{project.database}.belay", ignore_errors=True)
            times["shell"].append(timed(shell))
            project.run("begin")
            times["apply"].append(timed(lambda: project.run("apply")))
            project.run("commit")
            write_ledger_script()
            shell_db.unlink()
            times["ledger"].append(timed(lambda: shell(with_ledger)))
            times["journal"].append(timed(journal))
            if args.dbmate:
                times["dbmate"].append(timed(dbmate))
        m = {key: statistics.median(values) for key, values in times.items() if values}
        print(f"{args.migrations} migrations: sqlite3 shell {m['shell'] * 1000:.0f} ms, apply {m['apply'] * 1000:.0f} ms = "
              f"{m['apply'] / m['shell']:.2f} times (limit 1.5)" +
              (f", dbmate {m['dbmate'] * 1000:.0f} ms" if "dbmate" in m else ""))
        print(f"by themselves: the ledger's rows {(m['ledger'] - m['shell']) * 1000:.0f} ms, the journal "
              f"{m['journal'] * 1000:.0f} ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("belay", type=os.path.abspath)
    parser.add_argument("--rows", type=int, default=2200000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--migrations", type=int, default=1000)
    parser.add_argument("--dbmate")
    parser.add_argument("--directory", help="where to work (default: the system's place for temporary files)")
    parser.add_argument("--only", choices=["large", "many"])
    args = parser.parse_args()
    if args.only != "many":
        large(args)
    if args.only != "large":
        many(args)


main()
