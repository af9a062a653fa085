"""A fix of C++ must do to the SQL in it what the fix of the SQL does, and leave a source that compiles."""
import collections
import json
import subprocess

import rewrite
from sql_history import statements_of

# As wire.h has them: name, argument, library, how values are given, whether it only keeps the SQL.
FUNCTIONS = [
    ["belay::Database::execute", 0, None, 0, False],
    ["shop::Store::run", 0, None, 0, False],
    ["PQexec", 1, "postgresql", 6, False],
    ["sqlite3_exec", 1, "sqlite", 6, False],
]
SHAPES = [
    {"base": "belay::Migration", "up": ["up"], "down": ["down"]},
    {"base": "shop::Step", "up": ["forward"], "down": ["backward"]},
]


class Reader:
    """The reading process: what the SQL of a source is."""

    def __init__(self, program, folder, dialect):
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        self.folder, self.engine = folder, {"postgres": "postgresql"}.get(dialect, dialect)

    def read(self, path, text):
        """The scripts of the one migration of a source, and what the compiler says against it."""
        question = {
            "path": str(self.folder / path), "text": text.decode(),
            "arguments": rewrite.compiler_arguments(self.folder)[1:], "directory": str(self.folder),
            "engines": [self.engine], "functions": FUNCTIONS, "shapes": SHAPES,
            "outside_migrations": False, "keep": False,
        }
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        reading = json.loads(self.process.stdout.readline())
        read = reading["migrations"][0]
        scripts = {}
        for direction in ("up", "down"):
            texts = [t["text"] for method in read[f"{direction}_sql"] for t in method["texts"]]
            scripts[direction] = "\n;\n".join(texts).encode()
        return scripts, reading["errors"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def applied(text, edits):
    for edit in sorted(edits, key=lambda e: e["range"]["start"]["offset"], reverse=True):
        begin, end = (edit["range"][side]["offset"] for side in ("start", "end"))
        text = text[:begin] + edit["new_text"].encode() + text[end:]
    return text


class Fixes:
    """Tries the fixes of findings in SQL and in C++ against each other. `by_finding` are pairs of the
    same finding; `problem` is told what is wrong."""

    def __init__(self, dialect, sql_folder, scripts, sources, problem):
        self.dialect, self.sql_folder, self.scripts = dialect, sql_folder, scripts
        self.sources, self.problem = sources, problem
        self.paths = {source.version: path for path, source in sources.items()}
        self.counts = collections.Counter()

    def run(self, pairs, reader):
        for in_sql, in_cpp in pairs:
            known = {fix["title"]: fix for fix in in_cpp["fixes"]}
            for fix in in_sql["fixes"]:
                other = known.pop(fix["title"], None)
                if other is not None:
                    self.try_both(fix, other, reader)
                else:
                    self.left_out(fix)
            for title in known:
                self.problem(f"a fix of C++ alone: {title}")
        return ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))

    def try_both(self, fix, other, reader):
        self.counts["the same"] += 1
        path, script = fix["file"], self.scripts[fix["file"]][1]
        fixed = applied((self.sql_folder / path).read_bytes(), fix["edits"])
        source = applied(self.sources[other["file"]].text, other["edits"])
        scripts, errors = reader.read(other["file"], source)
        if errors:
            self.problem(f"{other['file']} does not compile behind `{fix['title']}`: {errors[0]}")
        if self.texts(scripts[script]) != self.texts(fixed):
            self.problem(f"{other['file']} is another one behind `{fix['title']}`: "
                         f"{self.texts(scripts[script])}, not {self.texts(fixed)}")

    def texts(self, script):
        return [script[s.begin : s.end].decode() for s in statements_of(script, self.dialect)]

    def left_out(self, fix):
        """That is right where not all that changes stands in literals of one call."""
        version, script = self.scripts[fix["file"]]
        source = self.sources[self.paths[version]]
        if all(source.stands_in_one_call(script, *self.ends(edit)) for edit in fix["edits"]):
            self.problem(f"{self.paths[version]}: `{fix['title']}` is left out: {fix['edits']}")
        self.counts["left out: not in the literals of one call"] += 1

    @staticmethod
    def ends(edit):
        return tuple(edit["range"][side]["offset"] for side in ("start", "end"))
