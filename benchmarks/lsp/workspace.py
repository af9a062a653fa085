#!/usr/bin/env python3
"""How long a language server takes for a workspace of many migrations.

    python3 benchmarks/lsp/workspace.py PATH/TO/belay [--migrations 1000] [--runs 5]

Writes a history of that many migrations, opens the first one as an editor does that asks for the
diagnostics of the whole workspace, and edits it so that all later migrations are concerned. Prints
medians of the runs: from the start of the program to the answer that tells of the whole workspace;
from an edit to the answer that tells what it changes in other files; and names asked at a place.
Last, the processor time that the server takes while nothing happens.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from queue import Queue


class Client:
    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.next_id = 0
        self.incoming = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        out = self.process.stdout
        while True:
            length = 0
            while True:
                line = out.readline()
                if not line:
                    return
                if line in (b"\r\n", b"\n"):
                    break
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self.incoming.put(json.loads(out.read(length)))

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def request(self, method, params):
        self.next_id += 1
        self.send({"id": self.next_id, "method": method, "params": params})
        while True:
            message = self.incoming.get(timeout=60)
            if "method" in message and "id" in message:
                self.send({"id": message["id"], "result": None})
            elif message.get("id") == self.next_id and "method" not in message:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def processor_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self):
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def close(self):
        self.request("shutdown", None)
        self.notify("exit", None)
        self.process.wait(timeout=10)


def migration(number):
    """The texts of a migration, such as projects have them: tables, columns, indexes, backfills."""
    table = f"orders_{number // 10}"
    if number == 0:
        columns = "".join(f"  code_{i} varchar(10),\n" for i in range(100))
        return (
            f"CREATE TABLE users (\n  id bigint PRIMARY KEY,\n{columns}  name text NOT NULL\n);\n",
            "DROP TABLE users;\n",
        )
    step = number % 10
    if step == 0 or number < 10 and step == 1:
        return (
            f"CREATE TABLE {table} (\n  id bigint PRIMARY KEY,\n"
            f"  user_id bigint NOT NULL REFERENCES users (id),\n  total numeric(10, 2),\n"
            f"  note text,\n  created_at timestamptz NOT NULL DEFAULT now()\n);\n"
            f"CREATE INDEX {table}_user_id_idx ON {table} (user_id);\n",
            f"DROP TABLE {table};\n",
        )
    if step < 6:
        return (
            f"ALTER TABLE {table} ADD COLUMN field_{step} text;\n"
            f"UPDATE {table} SET field_{step} = users.name FROM users WHERE users.id = {table}.user_id;\n",
            f"ALTER TABLE {table} DROP COLUMN field_{step};\n",
        )
    if step == 6:
        return (
            f"CREATE INDEX {table}_field_2_idx ON {table} (field_2);\n",
            f"DROP INDEX {table}_field_2_idx;\n",
        )
    if step == 9:
        code = f"code_{number // 10 % 100}"
        return (
            f"ALTER TABLE users ALTER COLUMN {code} TYPE varchar(20);\n",
            f"ALTER TABLE users ALTER COLUMN {code} TYPE varchar(10);\n",
        )
    return (
        f"ALTER TABLE {table} ALTER COLUMN field_{step - 5} SET DEFAULT 'x';\n",
        f"ALTER TABLE {table} ALTER COLUMN field_{step - 5} DROP DEFAULT;\n",
    )


def write_project(root, count):
    (root / "belay.toml").write_text('dialect = "postgresql"\n')
    folder = root / "migrations"
    folder.mkdir()
    for number in range(count):
        up, down = migration(number)
        (folder / f"{number:04}_step.up.sql").write_text(up)
        (folder / f"{number:04}_step.down.sql").write_text(down)


CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {"diagnostic": {}},
    "workspace": {"diagnostics": {"refreshSupport": True}},
}


def run(belay, root, results):
    first = root / "migrations" / "0000_step.up.sql"
    uri = first.as_uri()
    text = first.read_text()
    start = time.perf_counter()
    client = Client([belay, "lsp"])
    client.request(
        "initialize",
        {
            "processId": None,
            "rootUri": root.as_uri(),
            "capabilities": CAPABILITIES,
            "workspaceFolders": [{"uri": root.as_uri(), "name": "w"}],
        },
    )
    client.notify("initialized", {})
    client.notify(
        "textDocument/didOpen",
        {"textDocument": {"uri": uri, "languageId": "sql", "version": 1, "text": text}},
    )
    known = {}

    def pull():
        previous = [{"uri": u, "value": v} for u, v in known.items()]
        report = client.request("workspace/diagnostic", {"previousResultIds": previous})
        for item in report["items"]:
            known[item["uri"]] = item["resultId"]
        return report["items"]

    items = pull()
    results["open, ms"].append((time.perf_counter() - start) * 1000)
    results["files told of"].append(len(items))
    results["resident, MB"].append(client.resident_bytes() / 1e6)

    def edit(version, new):
        begin = time.perf_counter()
        client.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": version},
                "contentChanges": [{"text": new}],
            },
        )
        items = pull()
        took = (time.perf_counter() - begin) * 1000
        return took, len(items)

    # What every tenth migration widens was of another type, and is as it was.
    other = text.replace("varchar(10)", "text")
    for version in range(2, 8):
        new = other if version % 2 == 0 else text
        took, changed = edit(version, new)
        results["edit that all feel, ms"].append(took)
        results["files that it changes"].append(changed)

    def ask(method, **more):
        begin = time.perf_counter()
        client.request(
            method,
            {
                "textDocument": {"uri": uri},
                "position": {"line": 0, "character": 14},
                **more,
            },
        )
        return (time.perf_counter() - begin) * 1000

    results["first references, ms"].append(
        ask("textDocument/references", context={"includeDeclaration": True})
    )
    results["definition, ms"].append(ask("textDocument/definition"))
    edit(8, other)
    results["definition behind an edit, ms"].append(ask("textDocument/definition"))
    begin = time.perf_counter()
    client.request("workspace/symbol", {"query": "field"})
    results["workspace symbols, ms"].append((time.perf_counter() - begin) * 1000)

    before = client.processor_seconds()
    time.sleep(3)
    results["processor while idle, ms per s"].append(
        (client.processor_seconds() - before) * 1000 / 3
    )
    client.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("belay")
    parser.add_argument("--migrations", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    names = [
        "open, ms",
        "files told of",
        "resident, MB",
        "edit that all feel, ms",
        "files that it changes",
        "first references, ms",
        "definition, ms",
        "definition behind an edit, ms",
        "workspace symbols, ms",
        "processor while idle, ms per s",
    ]
    results = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root, options.migrations)
        for _ in range(options.runs):
            run(options.belay, root, results)
    print(f"{options.migrations} migrations, {options.runs} runs: median (least to most)")
    for name in names:
        values = results[name]
        print(
            f"  {name:32} {statistics.median(values):8.1f}  ({min(values):.1f} to {max(values):.1f})"
        )


if __name__ == "__main__":
    main()
