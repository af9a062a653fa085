#!/usr/bin/env python3
"""Validates what `belay lint` prints for machines, for every project of the fixtures and for one of
unusual paths and characters: JSON against docs/lint-output.schema.json, SARIF against the official
schema. Exits with 77, which CTest counts as skipped, where the validator is not installed.

usage: check_outputs.py BELAY SOURCE_DIR SARIF_SCHEMA
"""
import copy
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse

try:
    import jsonschema
except ImportError:
    print("skipped: there is no validator (apt: python3-jsonschema)")
    sys.exit(77)

BELAY, SOURCE, SARIF_SCHEMA = map(os.path.abspath, sys.argv[1:4])
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)


def lint(folder, *options):
    run = subprocess.run([BELAY, "lint", *options], cwd=folder, capture_output=True)
    check(run.returncode in (0, 1), f"{folder}: exit code {run.returncode}: {run.stderr.decode()}")
    return run.stdout.decode("utf-8")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


schema = load(os.path.join(SOURCE, "docs/lint-output.schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
json_validator = jsonschema.Draft202012Validator(schema)
sarif_validator = None
if os.path.exists(SARIF_SCHEMA):
    sarif_schema = load(SARIF_SCHEMA)
    sarif_validator = jsonschema.validators.validator_for(sarif_schema)(sarif_schema)
else:
    print("the check of SARIF is skipped: scripts/test.sh fetches its schema")


def first_error(validator, value):
    error = next(iter(validator.iter_errors(value)), None)
    return None if error is None else f"{'/'.join(map(str, error.absolute_path))}: {error.message}"


def check_project(folder, options=()):
    """Validates both formats; gives the findings as JSON and the SARIF results."""
    lines = [json.loads(line) for line in lint(folder, "--format", "json", *options).split("\n") if line]
    for line in lines:
        error = first_error(json_validator, line)
        check(error is None, f"{folder}: {error} in {line}")
    log = json.loads(lint(folder, "--format", "sarif", *options))
    if sarif_validator is not None:
        error = first_error(sarif_validator, log)
        check(error is None, f"{folder}: SARIF: {error}")
    results = log["runs"][0]["results"]
    check([r["ruleId"] for r in results] == [f["rule"] for f in lines], f"{folder}: other findings")
    for result in results:
        rule = log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]
        check(rule["id"] == result["ruleId"], f"{folder}: ruleIndex of {result['ruleId']}")
    return lines, results


def check_places(folder, lines, results):
    """That lines, columns, offsets and URIs lead to the same text."""
    for finding, result in zip(lines, results):
        start, end = finding["range"]["start"], finding["range"]["end"]
        data = open(os.path.join(folder, finding["file"]), "rb").read()
        before = data[: start["offset"]].decode("utf-8")
        check(start["line"] == before.count("\n") + 1, f"line of {finding}")
        check(start["column"] == len(before.rsplit("\n", 1)[-1]) + 1, f"column of {finding}")
        location = result["locations"][0]["physicalLocation"]
        uri = location["artifactLocation"]["uri"]
        check(urllib.parse.unquote(uri) == finding["file"], f"URI {uri} of {finding['file']}")
        check(urllib.parse.urlsplit(uri).scheme == "", f"URI {uri} has a scheme")
        check(uri.isascii() and " " not in uri, f"URI {uri} is not escaped")
        region = location["region"]
        check(
            (region["startLine"], region["startColumn"], region["byteOffset"], region["byteLength"])
            == (start["line"], start["column"], start["offset"], end["offset"] - start["offset"]),
            f"region of {finding}",
        )


def fixture_projects():
    root = os.path.join(SOURCE, "migrations-fixtures")
    for group in sorted(os.listdir(root)):
        for name in sorted(os.listdir(os.path.join(root, group))):
            folder = os.path.join(root, group, name)
            if os.path.isdir(folder):
                yield folder


def write(folder, path, text):
    full = os.path.join(folder, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as file:
        file.write(text.encode("utf-8"))


count = 0
rules = set()
for project in fixture_projects():
    for dialect in ([], ["--dialect", "sqlite"], ["--dialect", "mysql"]):
        found, _ = check_project(project, dialect)
        count += len(found)
        rules.update(f["rule"] for f in found)
check(count > 50 and len(rules) > 10, f"only {count} findings of {len(rules)} rules: what is checked?")

UP = "/* 😀𝒳é */ DROP TABLE \"漢😀\"; SELECT '😀' FORM t;\nALTER TABLE t ADD COLUMN c int NOT NULL;\n"
UNUSUAL = ["a b", "größe", "100%", "%41", "c:d", "#1?x", "q'uote\"s", "日本😀"]
with tempfile.TemporaryDirectory() as folder:
    for name in UNUSUAL:
        write(folder, f"{name}/migrations/0001_a.up.sql", "CREATE TABLE t (a int);\n")
        write(folder, f"{name}/migrations/0001_a.down.sql", "DROP TABLE t;\n")
        write(folder, f"{name}/migrations/0002_ü 😀.up.sql", UP)
    found, results = check_project(folder, ["--dialect", "postgresql"])
    check({f["file"].split("/")[0] for f in found} == set(UNUSUAL), "findings of every folder")
    check(any(f["range"]["start"]["column"] > f["range"]["start"]["line"] for f in found), "columns")
    check_places(folder, found, results)
    commands = lint(folder, "--format", "github", "--dialect", "postgresql").split("\n")[:-1]
    check(len(commands) == len(found), "one command for each finding")
    check(all(c.startswith("::") for c in commands), "commands begin a line")
    check(any("file=c%3Ad/" in c for c in commands), "colons in the properties of a command")
    check(any("file=100%25/" in c for c in commands), "percent signs in the properties of a command")

# The schema is strict: what it does not name, it does not take.
if found:
    for spoil in (
        lambda f: f.update(extra=1),
        lambda f: f["range"].update(extra=1),
        lambda f: f["range"]["start"].pop("offset"),
        lambda f: f.update(severity="fatal"),
        lambda f: f.pop("fixes"),
    ):
        spoilt = copy.deepcopy(found[0])
        spoil(spoilt)
        check(first_error(json_validator, spoilt) is not None, f"the schema takes {spoilt}")

for failure in failures[:20]:
    print("FAILED", failure)
print(f"{count} findings of {len(rules)} rules validated; {len(failures)} failures")
sys.exit(1 if failures else 0)
