#!/usr/bin/env python3
"""Belay must say of a history in C++ what it says of the same history in SQL, at the places where the
SQL is written: the same findings, fixes and verdicts, in four styles of C++ (rewrite.py).

usage: compare.py --belay BELAY --reader BELAY_CPP_READER --dialect DIALECT [--keep FOLDER] FOLDER_OF_SQL
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import fixes
import rewrite
import sql_history
from cpp_text import NAME_OF_METHOD

# What is not the same, and why: a class of Belay's own without a down derives from `belay::Migration`
# and says so by it.
NOT_IN_OWN_CLASSES = {"missing-down"}
# That a down is missing is told at the name of a class, and at the first statement of a script.
TOLD_AT_THE_CLASS = {"missing-down"}
IN_OWN_CLASSES = {"the migration has no down": "the migration is declared one-way"}


class Written:
    """A C++ source with the places of its SQL."""

    def __init__(self, version, text, places, calls):
        self.version, self.text, self.places, self.calls = version, text, places, calls

    def place(self, script, begin, end):
        """Where bytes of a script stand: in the call that runs them, as far as they do, or else from
        the first of them on as long as the next one stands behind it."""
        known = self.places[script]
        places = [known[i] for i in range(begin, end) if i in known]
        if not places:
            before = max(i for i in known if i < begin)
            if begin in known:
                return (known[begin][0],) * 2
            return known[before] if before == NAME_OF_METHOD else (known[before][1],) * 2
        if any(p != places[0] for p in places):
            call = self.call(script, begin)
            inside = [p for p in places if call[0] <= p[0] and p[1] <= call[1]]
            if inside:
                return min(p[0] for p in inside), max(p[1] for p in inside)
        out = last = places[0]
        for place in places[1:]:
            if place != last and place[0] < out[1]:
                break
            out, last = (out[0], place[1]), place
        return out

    def stands_in_one_call(self, script, begin, end):
        """All of the bytes, or of an empty range the next one or else the one before it."""
        known = self.places[script]
        offsets = range(begin, end)
        if begin == end:
            offsets = [begin if begin in known else max((i for i in known if i < begin), default=begin)]
        call = self.call(script, offsets[0])
        return all(i in known and call[0] <= known[i][0] and known[i][1] <= call[1] for i in offsets)

    def call(self, script, offset):
        calls = sorted(self.calls[script].items())
        return next((c for (_, end), c in calls if offset < end), calls[-1][1])


class Run:
    """A history in SQL or in one style of C++, and what Belay says of it."""

    def __init__(self, belay, folder, paths, history):
        self.belay, self.folder = belay, folder
        self.paths = paths  # the versions of the files
        self.names = [(m.version, m.name) for m in history]

    def said(self, command):
        run = subprocess.run(
            [self.belay, command, "--format", "json", "."], cwd=self.folder, capture_output=True
        )
        if run.returncode not in (0, 1):
            sys.exit(f"belay {command} in {self.folder}: {run.stderr.decode()}")
        return [json.loads(line) for line in run.stdout.decode().splitlines()]

    def message(self, text):
        """Without the names of files, classes and migrations."""
        for path, version in self.paths.items():
            text = text.replace(path, f"<{version}>").replace(os.path.basename(path), f"<{version}>")
        for version, name in self.names:
            camel = "".join(word.capitalize() for word in name.split("_"))
            for word in (f"{version}_{name}", f"{version}_{camel}"):
                text = text.replace(word, f"<{version}>")
        return text


def span(place):
    """What is about a file as a whole has no range."""
    if "range" not in place:
        return 0, 0
    return place["range"]["start"]["offset"], place["range"]["end"]["offset"]


def finding_of(run, finding, place_of):
    """A finding as both sides have it. `place_of` leads (file, begin, end) to version and range. What
    is related in another file has no range; so `compare` looks at those by itself."""
    related = [(run.message(r["message"]), place_of(r["file"], *span(r))[0]) for r in finding["related"]]
    place = place_of(finding["file"], *span(finding))
    if finding["rule"] in TOLD_AT_THE_CLASS:
        place = place[:1]
    message = run.message(finding["message"])
    effect = json.dumps(finding.get("effect"))
    return finding["rule"], finding["severity"], place, message, effect, tuple(related)


def verdict_of(run, verdict, place_of):
    def lead(value):
        if isinstance(value, dict) and "range" in value:
            return place_of(value["file"], *span(value))
        if isinstance(value, dict):
            return {k: lead(v) for k, v in value.items()}
        if isinstance(value, list):
            return [lead(v) for v in value]
        return run.message(value) if isinstance(value, str) else value

    version = run.paths[verdict["up"]]
    return version, json.dumps({k: lead(v) for k, v in verdict.items() if k not in ("id", "up", "down")})


class Comparison:
    def __init__(self, arguments, history, folder):
        self.arguments, self.history, self.folder = arguments, history, folder
        self.belay = str(arguments.belay.resolve())
        scripts = sql_history.write_history(history, folder / "sql", arguments.dialect)
        self.scripts = scripts
        self.sql = Run(self.belay, folder / "sql", {p: v for p, (v, _) in scripts.items()}, history)
        self.sql_findings, self.sql_verdicts = self.sql.said("lint"), self.sql.said("verdict")
        self.problems = []

    def compare(self, style):
        folder = self.folder / style
        written = rewrite.write_history(self.history, style, self.arguments.dialect, folder)
        sources = {path: Written(*of) for path, of in written.items()}
        by_version = {source.version: source for source in sources.values()}
        run = Run(self.belay, folder, {path: s.version for path, s in sources.items()}, self.history)

        def in_cpp(file, begin, end):
            return sources[file].version if file in sources else file, begin, end

        def led_there(file, begin, end):
            version, script = self.scripts[file]
            return version, *by_version[version].place(script, begin, end)

        found = run.said("lint")
        expected = [f for f in self.sql_findings if style == "foreign" or f["rule"] not in NOT_IN_OWN_CLASSES]
        self.same(style, "finding", [finding_of(self.sql, f, led_there) for f in expected],
                  [finding_of(run, f, in_cpp) for f in found])
        verdicts = self.sql_verdicts
        if style != "foreign":
            verdicts = [{**v, "reason": IN_OWN_CLASSES.get(v["reason"], v["reason"])} for v in verdicts]
        self.same(style, "verdict", [verdict_of(self.sql, v, led_there) for v in verdicts],
                  [verdict_of(run, v, in_cpp) for v in run.said("verdict")])
        pairs = self.pairs(
            [(finding_of(self.sql, f, led_there), f) for f in expected],
            [(finding_of(run, f, in_cpp), f) for f in found],
        )
        for in_sql, one_in_cpp in pairs:
            for a, b in zip(in_sql["related"], one_in_cpp["related"]):
                if "range" in a and led_there(a["file"], *span(a)) != in_cpp(b["file"], *span(b)):
                    self.problems.append(f"{style}: {b} is not where {a} is")
        tried = fixes.Fixes(self.arguments.dialect, self.folder / "sql", self.scripts, sources,
                            lambda text: self.problems.append(f"{style}: {text}"))
        with fixes.Reader(self.arguments.reader.resolve(), folder, self.arguments.dialect) as reader:
            return len(expected), len(self.sql_verdicts), tried.run(pairs, reader)

    @staticmethod
    def pairs(in_sql, in_cpp):
        """What both sides find, with all that they say of it."""
        known = collections.defaultdict(list)
        for key, finding in in_cpp:
            known[key].append(finding)
        return [(finding, known[key].pop()) for key, finding in in_sql if known[key]]

    def same(self, style, what, expected, found):
        missing = collections.Counter(expected) - collections.Counter(found)
        extra = collections.Counter(found) - collections.Counter(expected)
        self.problems += [f"{style}: missing {what} {one}" for one in missing.elements()]
        self.problems += [f"{style}: another {what} {one}" for one in extra.elements()]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--belay", required=True, type=pathlib.Path)
    parser.add_argument("--reader", required=True, type=pathlib.Path)
    parser.add_argument("--dialect", required=True, choices=("postgres", "sqlite"))
    parser.add_argument("--keep", type=pathlib.Path, help="a new folder for all that is written")
    parser.add_argument("sql", type=pathlib.Path)
    arguments = parser.parse_args()
    history = sql_history.read_history(arguments.sql, arguments.dialect)
    if not history:
        sys.exit(f"{arguments.sql}: no VERSION_NAME.up.sql")
    with tempfile.TemporaryDirectory() as temporary:
        comparison = Comparison(arguments, history, arguments.keep or pathlib.Path(temporary))
        rules = {f["rule"] for f in comparison.sql_findings}
        print(f"{len(history)} migrations, {len(rules)} rules find something")
        for style in rewrite.STYLES:
            findings, verdicts, tried = comparison.compare(style)
            print(f"{style:9} {findings} findings, {verdicts} verdicts, fixes: {tried}")
    for problem in comparison.problems:
        print(problem)
    return 1 if comparison.problems else 0


if __name__ == "__main__":
    sys.exit(main())
