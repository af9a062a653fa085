"""Histories of SQL migrations as pairs of scripts, and scripts as statements with their places."""
import dataclasses
import pathlib
import re


@dataclasses.dataclass
class Migration:
    version: str
    name: str
    up: bytes
    down: bytes | None


NAME = re.compile(r"^(\d+)_(.+?)(?:\.(postgres|sqlite3?|mysql|cockroach))?\.(up|down)\.sql$")


def read_history(folder: pathlib.Path, dialect: str):
    """`VERSION_NAME.up.sql` and `.down.sql` in the order of versions. A script with the dialect in its
    name comes before the common one; without an up a version is no migration."""
    found = {}
    for path in sorted(folder.iterdir()):
        name = NAME.match(path.name)
        if not name or (name[3] and not name[3].startswith(dialect)):
            continue
        scripts = found.setdefault(name[1], {})
        if name[3] or name[4] not in scripts:
            scripts[name[4]] = path.read_bytes()
        scripts["name"] = re.sub(r"\W+", "_", name[2]).lower()
    return [
        Migration(version, scripts["name"], scripts["up"], scripts.get("down"))
        for version, scripts in sorted(found.items())
        if "up" in scripts
    ]


def write_history(history, folder: pathlib.Path, dialect: str):
    """In a layout that runs each script in a transaction, as migration classes do. Gives for each path
    the version and the direction."""
    (folder / "migrations").mkdir(parents=True)
    (folder / "belay.toml").write_text(f'dialect = "{dialect}"\nlayout = "pop"\n')
    paths = {}
    for migration in history:
        for direction in ("up", "down"):
            script = getattr(migration, direction)
            if script is not None:
                path = f"migrations/{migration.version}_{migration.name}.{direction}.sql"
                (folder / path).write_bytes(script)
                paths[path] = (migration.version, direction)
    return paths


@dataclasses.dataclass
class Statement:
    begin: int  # of the script
    end: int  # without the semicolon
    comments: list  # that stand before it, without `--`


TOKEN = re.compile(
    rb"""(?P<blank>\s+)|(?P<line>--[^\n]*)|(?P<block>/\*.*?\*/)|(?P<body>\$(\w*)\$.*?\$\5\$)
    |(?P<text>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*')|(?P<name>"(?:[^"]|"")*")|(?P<end>;)
    |(?P<word>\w+)|(?P<other>.)""",
    re.X | re.S,
)
TRIGGER = re.compile(rb"\s*CREATE\s+(TEMP\w*\s+)?TRIGGER\b", re.I)


def statements_of(script: bytes, dialect: str):
    """The statements of a script. SQLite's triggers hold semicolons and end with `END`."""
    out, comments, begin, end, last_word = [], [], None, None, b""
    for token in TOKEN.finditer(script):
        kind = token.lastgroup
        if kind == "end":
            text = script[begin:end] if begin is not None else b""
            if dialect == "sqlite" and TRIGGER.match(text) and last_word.upper() != b"END":
                continue
            if begin is not None:
                out.append(Statement(begin, end, comments))
            begin, comments = None, []
        elif kind == "line" and begin is None:
            comments.append(token[0][2:].strip())
        elif kind not in ("blank", "block", "line"):
            begin = token.start() if begin is None else begin
            end = token.end()
            last_word = token[0]
    if begin is not None:
        out.append(Statement(begin, end, comments))
    return out
