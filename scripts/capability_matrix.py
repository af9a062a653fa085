#!/usr/bin/env python3
"""Writes the table of what the language server can do into docs/editors.md.

    scripts/capability_matrix.py [--check]

The rows stand in tests/lsp/capabilities.txt, `capability | how far | tests`, each with the tests that
show it: a scenario (`hover/column`), a test (`ServerTest.PushesDiagnosticsWithTheirVersion`), or a file
of tests below tests/ (`editors/suites/view.mjs`). A row whose test is not there is a mistake. With
--check nothing is written: it fails where the page is not as it would be written.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROWS = ROOT / "tests/lsp/capabilities.txt"
PAGE = ROOT / "docs/editors.md"
BEGIN = "<!-- capabilities: written by scripts/capability_matrix.py -->"
END = "<!-- end of capabilities -->"


def known_tests():
    """The tests of the project, with the place of each from docs/."""
    out = {}
    for path in (ROOT / "tests").rglob("*_test.cc"):
        for suite, name in re.findall(r"TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", path.read_text()):
            out[f"{suite}.{name}"] = f"../{path.relative_to(ROOT)}"
    scenarios = ROOT / "tests/lsp/scenarios"
    for path in scenarios.rglob("*.txt"):
        out[str(path.relative_to(scenarios).with_suffix(""))] = f"../{path.relative_to(ROOT)}"
    return out


def table():
    tests = known_tests()
    lines = ["| what | | shown by |", "|---|---|---|"]
    missing = []
    for number, line in enumerate(ROWS.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        what, how, names = (cell.strip() for cell in line.split("|"))
        links = []
        for name in names.split():
            place = tests.get(name)
            if place is None and (ROOT / "tests" / name).is_file():
                place = f"../tests/{name}"
            if place is None:
                missing.append(f"{ROWS.relative_to(ROOT)}:{number}: there is no test `{name}`")
            links.append(f"[{name}]({place})")
        if not how.startswith("no") and not links:
            missing.append(f"{ROWS.relative_to(ROOT)}:{number}: no test shows `{what}`")
        lines.append(f"| {what} | {how} | {', '.join(links)} |")
    if missing:
        sys.exit("\n".join(missing))
    return "\n".join(lines)


def main():
    page = PAGE.read_text()
    if BEGIN not in page or END not in page:
        sys.exit(f"{PAGE.relative_to(ROOT)} lacks the marks that the table goes between:\n{BEGIN}\n{END}")
    head, rest = page.split(BEGIN)
    tail = rest.split(END)[1]
    new = f"{head}{BEGIN}\n\n{table()}\n\n{END}{tail}"
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(new)
    elif new != page:
        sys.exit("docs/editors.md is not up to date: run scripts/capability_matrix.py")


if __name__ == "__main__":
    main()
