#!/usr/bin/env python3
"""Takes the downs of real projects away, lets Belay write them anew, and executes them.

    generated.py --belay build/release/cli/belay --corpora DIR [--setup DIR] [--only NAME:DIALECT] [--list]

DIR holds a folder for each project. A copy of each is worked on. The folder of --setup holds NAME.sql for
what an application makes itself before its first migration. Prints for each project and dialect
(PostgreSQL, SQLite): migrations whose up runs, downs that Belay says bring the schema back, those that
did when they were run, and those that did not although Belay said so. Exits with 1 if there is one of
the last kind.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

RESTORES = {"restored", "restored-but-order", "restored-data-lost"}
DOWN_MARK = re.compile(r"^--\s*(\+goose\s+down|migrate:down|\+migrate\s+down)\b.*", re.I | re.M)


def lines(command, folder):
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if run.returncode not in (0, 1):
        return []
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def take_downs_away(folder, verdict):
    """Another file may take the place of one that is gone: one for all dialects."""
    while downs := [(r["up"], r["down"]) for r in lines(verdict, folder) if r["down"]]:
        for up, down in downs:
            path = folder / down
            if down != up:
                path.unlink(missing_ok=True)
            else:
                path.write_text(DOWN_MARK.split(path.read_text(), 1)[0])


def run(belay, corpus, dialect, setup, show):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / corpus.name
        shutil.copytree(corpus, folder)
        verdict = [belay, "verdict", ".", "--dialect", dialect, "--format", "json"]
        take_downs_away(folder, verdict)
        for record in lines(verdict, folder):
            subprocess.run([belay, "generate-down", record["up"], "--write", "--dialect", dialect],
                           cwd=folder, capture_output=True)
        verify = [belay, "verify", ".", "--dialect", dialect, "--rows", "0", "--format", "json"]
        first = setup / f"{corpus.name}.sql" if setup else None
        if first and first.exists():
            verify += ["--setup", str(first.resolve())]
        done = lines(verify, folder)
        count = promised = kept = 0
        broken = []
        for record in done:
            # Behind an up that failed the database is not what the scripts say.
            if not record.get("up") or not record["up"]["ok"] or record["failed_before"]:
                continue
            count += 1
            expected = record["static"]["verdict"]
            if expected not in RESTORES:
                if show:
                    print(f"    says {expected}: {record['id']}: {record['static']['reason']}")
                continue
            promised += 1
            if record["verdict"] in RESTORES:
                kept += 1
            else:
                broken.append(record)
        print(f"{corpus.name + ':' + dialect:24}{count:8}{promised:10}{kept:10}{len(broken):8}")
        for record in broken:
            print(f"    {record['id']}: {record['verdict']}, though Belay says {record['static']['verdict']}")
        return count, promised, kept, len(broken)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--belay", required=True, type=pathlib.Path)
    parser.add_argument("--corpora", required=True, type=pathlib.Path)
    parser.add_argument("--setup", type=pathlib.Path)
    parser.add_argument("--only", help="one project and dialect: `keto:sqlite`")
    parser.add_argument("--list", action="store_true", help="print what Belay says of the other downs")
    arguments = parser.parse_args()
    totals = [0, 0, 0, 0]
    print(f"{'project':24}{'ups run':>8}{'promised':>10}{'kept':>10}{'broken':>8}")
    for corpus in sorted(p for p in arguments.corpora.iterdir() if p.is_dir()):
        for dialect in ("postgresql", "sqlite"):
            if arguments.only and arguments.only != f"{corpus.name}:{dialect}":
                continue
            if not lines([str(arguments.belay.resolve()), "verdict", ".", "--dialect", dialect, "--format",
                          "json"], corpus):
                continue
            result = run(str(arguments.belay.resolve()), corpus, dialect, arguments.setup, arguments.list)
            totals = [a + b for a, b in zip(totals, result)]
    print(f"{'all':24}{totals[0]:8}{totals[1]:10}{totals[2]:10}{totals[3]:8}")
    return 1 if totals[3] else 0


if __name__ == "__main__":
    sys.exit(main())
