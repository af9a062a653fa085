#!/usr/bin/env python3
"""How long C++ migrations take to read, as multiples of what Clang itself takes for them.

    benchmarks/cpp/reading.py build/release/cli/belay [--runs 7] [--classes 200 --files 50]

Needs clang++ 19 and libclang 19 (Debian: clang-19, libclang-19-dev). Everything is measured in one
run and told as ratios: machines differ.

- first: `belay lint` on a migration file that includes <string>, <vector>, <memory>, <map> and
  <functional>, over `clang++ -fsyntax-only` on it;
- edit: from a change in the editor to its diagnostics, over libclang's reparse of the same file with
  its preamble;
- many: `belay lint` on a project of that many classes, over the sum of the files' syntax checks
  divided by the cores.
"""
import argparse
import ctypes
import json
import os
import pathlib
import queue
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDES = ["-std=c++20", f"-I{ROOT}/runtime/include", f"-I{ROOT}/support/include"]
CLANG = "/usr/lib/llvm-19/bin/clang++"
LIBCLANG = "/usr/lib/llvm-19/lib/libclang-19.so.1"


def source(first, classes):
    out = ["#include <functional>", "#include <map>", "#include <memory>", "#include <string>",
           "#include <vector>", "", "#include <belay/migrations.h>", ""]
    for n in range(first, first + classes):
        table = f"table_{n:04}"
        out += [f"class Step{n:04} : public belay::SafelyReversible {{", " public:",
                f'  std::string version() const override {{ return "{n:04}"; }}',
                f'  std::string description() const override {{ return "step {n}"; }}',
                "  void up(belay::Database& db) override {",
                f'    db.execute("CREATE TABLE {table} (id bigint PRIMARY KEY, name text NOT NULL)");',
                f'    const std::string table = "{table}";',
                "    for (const char* column : {\"a\", \"b\", \"c\"}) {",
                '      db.execute("ALTER TABLE " + table + " ADD COLUMN " + column + " integer");',
                "    }", "  }",
                "  void down(belay::Database& db) override {",
                f'    db.execute("DROP TABLE {table}");', "  }", "};",
                f"BELAY_MIGRATION(Step{n:04});", ""]
    return "\n".join(out)


def seconds(command, **options):
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **options)
    return time.perf_counter() - begin


def both(runs, ours, theirs):
    """Medians of the two, run by turns so that both see the same machine."""
    a, b = [], []
    for _ in range(runs):
        a.append(ours())
        b.append(theirs())
    return statistics.median(a), statistics.median(b)


def project(folder, files, classes):
    (folder / "compile_flags.txt").write_text("\n".join(INCLUDES) + "\n")
    (folder / "belay.toml").write_text('dialect = "postgresql"\n[cpp]\nsources = ["*.cc"]\n')
    each = classes // files
    out = []
    for i in range(files):
        path = folder / f"steps_{i:03}.cc"
        path.write_text(source(1 + i * each, each))
        out.append(path)
    return out


class Editor:
    """A language client that knows no more than it needs."""

    def __init__(self, belay, root):
        self.server = subprocess.Popen([belay, "lsp", "--log", "off"], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE)
        self.heard = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()
        self.send({"id": 1, "method": "initialize", "params": {
            "processId": None, "rootUri": root.as_uri(), "capabilities": {}}})
        while self.heard.get(timeout=30).get("id") != 1:
            pass
        self.send({"method": "initialized", "params": {}})

    def listen(self):
        while line := self.server.stdout.readline():
            size = 0
            while line.strip():
                if line.lower().startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
                line = self.server.stdout.readline()
            self.heard.put(json.loads(self.server.stdout.read(size)))

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def diagnostics(self, uri, version):
        while True:
            message = self.heard.get(timeout=60)
            params = message.get("params", {})
            published = message.get("method") == "textDocument/publishDiagnostics"
            if published and params["uri"] == uri and params.get("version") == version:
                return params["diagnostics"]

    def close(self):
        self.server.kill()
        self.server.wait()


class UnsavedFile(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("contents", ctypes.c_char_p), ("length", ctypes.c_ulong)]


class Reparse:
    """libclang with a preamble, as an editor would use it, and no more."""

    def __init__(self, path):
        self.lib = ctypes.CDLL(LIBCLANG)
        self.lib.clang_createIndex.restype = ctypes.c_void_p
        self.lib.clang_parseTranslationUnit.restype = ctypes.c_void_p
        self.lib.clang_parseTranslationUnit.argtypes = [
            ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int,
            ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint]
        self.lib.clang_reparseTranslationUnit.argtypes = [
            ctypes.c_void_p, ctypes.c_uint, ctypes.POINTER(UnsavedFile), ctypes.c_uint]
        self.path = str(path).encode()
        words = [w.encode() for w in INCLUDES]
        precompiled_preamble = 0x04
        self.unit = self.lib.clang_parseTranslationUnit(
            self.lib.clang_createIndex(0, 0), self.path, (ctypes.c_char_p * len(words))(*words),
            len(words), None, 0, precompiled_preamble)
        self.run(path.read_text())

    def run(self, text):
        contents = text.encode()
        file = UnsavedFile(self.path, contents, len(contents))
        begin = time.perf_counter()
        self.lib.clang_reparseTranslationUnit(self.unit, 1, ctypes.byref(file), 0)
        return time.perf_counter() - begin


def measure_first(belay, runs):
    with tempfile.TemporaryDirectory() as name:
        path = project(pathlib.Path(name), 1, 1)[0]
        ours, clang = both(runs, lambda: seconds([belay, "lint", path]),
                           lambda: seconds([CLANG, "-fsyntax-only", *INCLUDES, path]))
    print(f"first: {ours * 1000:.0f} ms over {clang * 1000:.0f} ms = {ours / clang:.2f} (limit 1.3)")


def measure_edit(belay, runs):
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        path = project(root, 1, 1)[0]
        text = path.read_text()
        reparse = Reparse(path)
        editor = Editor(belay, root)
        uri = path.as_uri()
        editor.send({"method": "textDocument/didOpen", "params": {"textDocument": {
            "uri": uri, "languageId": "cpp", "version": 1, "text": text}}})
        editor.diagnostics(uri, 1)
        version = 1

        def edited(n):
            return text.replace("name text NOT NULL", f"name text NOT NULL, extra_{n} text")

        def edit():
            nonlocal version
            version += 1
            begin = time.perf_counter()
            editor.send({"method": "textDocument/didChange", "params": {
                "textDocument": {"uri": uri, "version": version},
                "contentChanges": [{"text": edited(version)}]}})
            editor.diagnostics(uri, version)
            return time.perf_counter() - begin

        for _ in range(3):  # the preamble is compiled behind the first reading
            edit()
            reparse.run(text)
            time.sleep(0.5)
        ours, bare = both(runs * 3, edit, lambda: reparse.run(edited(version)))
        editor.close()
    print(f"edit: {ours * 1000:.0f} ms over {bare * 1000:.0f} ms = {ours / bare:.2f} (limit 1.2)")


def measure_many(belay, runs, classes, files):
    cores = os.cpu_count()
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        paths = project(root, files, classes)

        def syntax():
            return sum(seconds([CLANG, "-fsyntax-only", *INCLUDES, p]) for p in paths) / cores

        ours, clang = both(runs, lambda: seconds([belay, "lint", root]), syntax)
    print(f"many: {classes} classes in {files} files, {cores} cores: {ours:.2f} s over {clang:.2f} s = "
          f"{ours / clang:.2f} (limit 1.3)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("belay")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--classes", type=int, default=200)
    parser.add_argument("--files", type=int, default=50)
    options = parser.parse_args()
    belay = os.path.abspath(options.belay)
    measure_first(belay, options.runs)
    measure_edit(belay, options.runs)
    measure_many(belay, max(1, options.runs // 3), options.classes, options.files)


if __name__ == "__main__":
    main()
