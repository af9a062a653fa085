#!/usr/bin/env python3
"""Writes a history of SQL migrations as C++ migration classes, in one of four styles:

    ordinary   literals with escape sequences, adjacent ones, lines that are joined
    raw        raw literals with all kinds of delimiters
    composed   texts put together of constants: +, +=, formats, streams, functions, loops over lists
    foreign    a project's own classes and functions, libpq's and SQLite's

usage: rewrite.py --style STYLE --dialect DIALECT FOLDER_OF_SQL NEW_FOLDER
"""
import argparse
import json
import pathlib
import sys

import sql_history
from composed import Composer
from cpp_text import NAME_OF_METHOD, Code, Speller, chars_of

STYLES = ("ordinary", "raw", "composed", "foreign")
SOURCE = pathlib.Path(__file__).resolve().parents[2]
INCLUDES = ("runtime/include", "support/include")

FORMAT_HEADER = """#pragma once
#include <string>

namespace fmt {  // as far as it is called; not every standard library has std::format
template <class... T>
std::string format(const char* text, const T&... values);
}
"""
OWN_HEADER = """#pragma once
#include <string>

extern "C" {
struct sqlite3;
int sqlite3_exec(sqlite3*, const char*, int (*)(void*, int, char**, char**), void*, char**);
struct PGconn;
struct PGresult;
PGresult* PQexec(PGconn*, const char*);
}

namespace shop {
class Store {
 public:
  void run(const std::string& sql);
  PGconn* connection();
  sqlite3* file();
};
class Step {
 public:
  virtual ~Step() = default;
  virtual void forward(Store& db) = 0;
  virtual void backward(Store&) {}
};
}  // namespace shop
"""
OWN_CONFIG = """functions = ["shop::Store::run"]
bases = ["shop::Step"]
up = ["forward"]
down = ["backward"]
"""


class Simple:
    """A call for each statement, or for a few of them, with what `literal` makes of their text."""

    def __init__(self, speller, literal, calls):
        self.speller, self.literal, self.calls = speller, literal, calls
        self.before = Code()

    def body(self, direction, script, statements):
        out = Code()
        while statements:
            size = 2 if len(statements) > 1 and self.speller.chance(0.2) else 1
            group, statements = statements[:size], statements[size:]
            for comment in group[0].comments:
                out.add("    // " + comment.decode() + "\n")
            text = self.literal(chars_of(direction, script, group[0].begin, group[-1].end))
            before, behind = self.speller.random.choice(self.calls)
            spans = [(direction, s.begin, s.end) for s in group]
            out.add("    ").call(Code(before).add(text).add(behind), spans).add(";\n")
        return out


def writer_for(style, dialect, seed):
    speller = Speller(seed)
    belay = [("db.execute(", ")")]
    own = ("db.run(", ")")
    library = {
        "postgres": ("PQexec(db.connection(), ", ")"),
        "sqlite": ("sqlite3_exec(db.file(), ", ", nullptr, nullptr, nullptr)"),
    }[dialect]
    if style == "ordinary":
        return Simple(speller, lambda chars: speller.adjacent(chars, 0.03), belay)
    if style == "raw":
        return Simple(speller, speller.raw, belay)
    if style == "composed":
        return Composer(speller, dialect)
    return Simple(speller, speller.either, [own, library])


def class_of(migration, style):
    name = "".join(word.capitalize() for word in migration.name.split("_"))
    if style == "foreign":
        name = "".join(c for c in name if not c.isdigit())
        return name, "shop::Step", ("forward", "backward"), "shop::Store"
    base = "belay::SafelyReversible" if migration.down is not None else "belay::Migration"
    return name, base, ("up", "down"), "belay::Database"


def source_of(migration, style, dialect):
    """The C++ of a migration: its text, and where the bytes of its scripts stand."""
    writer = writer_for(style, dialect, style + migration.version)
    name, base, methods, database = class_of(migration, style)
    bodies = Code()
    for direction, method in zip(("up", "down"), methods):
        script = getattr(migration, direction)
        if script is None:
            continue
        statements = sql_history.statements_of(script, dialect)
        bodies.add("  void ").add(method, [(direction, NAME_OF_METHOD)])
        bodies.add(f"({database}&{' db' if statements else ''}) override {{\n")
        bodies.add(writer.body(direction, script, statements)).add("  }\n")
    includes = ["shop.h"] if style == "foreign" else ["belay/migrations.h", "format.h", "sstream", "string"]
    out = Code("".join(f"#include <{name}>\n" for name in includes)).add("\n").add(writer.before)
    out.add(f"class {name} : public {base} {{\n public:\n")
    if style != "foreign":
        words = migration.name.replace("_", " ")
        out.add(f'  std::string version() const override {{ return "{migration.version}"; }}\n')
        out.add(f'  std::string description() const override {{ return "{words}"; }}\n')
    out.add(bodies).add("};\n")
    if style != "foreign":
        out.add(f"BELAY_MIGRATION({name});\n")
    return out.resolve()


def compiler_arguments(folder):
    return ["c++", "-std=c++20", f"-I{folder.resolve()}", *(f"-I{SOURCE / i}" for i in INCLUDES)]


def write_history(history, style, dialect, folder):
    """Gives for each path what `source_of` gives, with the migration's version before it."""
    folder.mkdir(parents=True)
    config = f'dialect = "{dialect}"\n[cpp]\nsources = ["**/*.cc"]\n'
    # A class of ours promises more than a script, and one finding about that takes the others in.
    rules = '[rules]\nnot-safely-reversible = "off"\n'
    (folder / "belay.toml").write_text(config + (OWN_CONFIG if style == "foreign" else "") + rules)
    (folder / "shop.h").write_text(OWN_HEADER)
    (folder / "format.h").write_text(FORMAT_HEADER)
    written, commands = {}, []
    arguments = compiler_arguments(folder)
    for migration in history:
        path = f"{migration.version}_{migration.name}.cc"
        written[path] = (migration.version, *source_of(migration, style, dialect))
        (folder / path).write_bytes(written[path][1])
        commands.append(
            {"directory": str(folder.resolve()), "file": path, "arguments": [*arguments, "-c", path]}
        )
    (folder / "compile_commands.json").write_text(json.dumps(commands))
    return written


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--style", required=True, choices=STYLES)
    parser.add_argument("--dialect", required=True, choices=("postgres", "sqlite"))
    parser.add_argument("sql", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    history = sql_history.read_history(arguments.sql, arguments.dialect)
    if not history:
        sys.exit(f"{arguments.sql}: no VERSION_NAME.up.sql")
    write_history(history, arguments.style, arguments.dialect, arguments.folder)


if __name__ == "__main__":
    main()
