#!/usr/bin/env python3
"""Scores `belay verdict` against what happened when the migrations were run.

    score.py --belay build/release/cli/belay --corpora DIR --truth DIR [--only NAME] [--list]

The truth is a folder of JSON lines, `CORPUS.jsonl` or `CORPUS.DIALECT.jsonl`, one for each migration,
with `up_path` and `down_path` (below the corpus's folder) and `verdict`. Prints for each of them how
often Belay agrees, how often it does not know, and the two kinds of error apart: a wrong "restored" is
the one that costs somebody data, a false alarm the one that makes people switch Belay off. Exits
with 1 if there is a wrong "restored".
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

DIALECTS = {"pg": "postgresql", "sqlite": "sqlite"}
# `restored-data-lost` says that the schema comes back; about rows the truth has nothing to say.
FINE = {"restored", "restored-but-order"}
SAME = {"restored-data-lost": "restored"}
NO_VERDICT = {"up-failed", "up-unsupported", "down-unsupported"}


def verdicts(belay, corpus, dialect):
    """Belay's verdicts by the path of the up, below the corpus's folder."""
    run = subprocess.run([belay, "verdict", ".", "--dialect", dialect, "--format", "json"], cwd=corpus,
                         capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(f"{corpus}: belay verdict exits with {run.returncode}: {run.stderr}")
    out = {}
    for line in run.stdout.splitlines():
        record = json.loads(line)
        out.setdefault((record["up"], record["id"]), record)
        out.setdefault(record["up"], record)
    return out


def find(said, record):
    """The migration that the record is about: the up's path, and the id where a file holds several."""
    path = record["up_path"]
    for key, found in said.items():
        if key == path:
            return found
    return None


def judge(truth, said):
    """agree, unknown, wrong-restored, false-alarm or other-kind."""
    verdict = SAME.get(said["verdict"], said["verdict"])
    if verdict == "unknown":
        return "unknown"
    if verdict == truth["verdict"]:
        return "agree"
    # One that raises an exception on purpose fails when it is run.
    if verdict == "declared-irreversible" and truth["verdict"] == "down-failed":
        return "agree"
    if verdict in FINE and truth["verdict"] not in FINE:
        return "wrong-restored"
    if truth["verdict"] in FINE and verdict not in FINE:
        return "false-alarm"
    return "other-kind"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--belay", required=True, type=pathlib.Path)
    parser.add_argument("--corpora", required=True, type=pathlib.Path)
    parser.add_argument("--truth", required=True, type=pathlib.Path)
    parser.add_argument("--only", help="one project: `crates-io`, `keto.pg`")
    parser.add_argument("--list", action="store_true", help="print every migration that is not agreed on")
    arguments = parser.parse_args()

    kinds = ["agree", "unknown", "wrong-restored", "false-alarm", "other-kind", "not-found"]
    totals = collections.Counter()
    print(f"{'project':16}" + "".join(f"{k:>16}" for k in kinds))
    for path in sorted(arguments.truth.glob("*.jsonl")):
        name = path.name.removesuffix(".jsonl")
        corpus, _, dialect = name.partition(".")
        dialect = dialect or "pg"
        if dialect not in DIALECTS or (arguments.only and name != arguments.only):
            continue
        folder = arguments.corpora / corpus
        said = verdicts(arguments.belay.resolve(), folder, DIALECTS[dialect])
        counts, listed = collections.Counter(), []
        for line in path.read_text().splitlines():
            truth = json.loads(line)
            if truth["verdict"] in NO_VERDICT:
                continue
            found = find(said, truth)
            kind = "not-found" if found is None else judge(truth, found)
            counts[kind] += 1
            if kind != "agree":
                listed.append((kind, truth, found))
        totals.update(counts)
        print(f"{name:16}" + "".join(f"{counts[k]:16}" for k in kinds))
        if arguments.list:
            for kind, truth, found in listed:
                print(f"    {kind:15} {truth['id']}: {truth['verdict']}", end="")
                if truth["verdict"] == "down-failed":
                    print(f" ({truth['down'].get('error', {}).get('message')})", end="")
                if truth["verdict"] == "differs":
                    print(" " + json.dumps(truth["diff"])[:300], end="")
                print()
                if found:
                    print(f"    {'':15} {found['verdict']}: {found['reason']}")
    count = sum(totals.values())
    if count == 0:
        sys.exit("no records")
    print(f"{'all':16}" + "".join(f"{totals[k]:16}" for k in kinds))
    decided = count - totals["unknown"] - totals["not-found"]
    print(f"unknown {100 * totals['unknown'] / count:.1f} %, agreement of the rest "
          f"{100 * totals['agree'] / max(decided, 1):.1f} %, wrong \"restored\" {totals['wrong-restored']}")
    return 1 if totals["wrong-restored"] else 0


if __name__ == "__main__":
    sys.exit(main())
