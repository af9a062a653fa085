#!/usr/bin/env bash
# Packages the extension with a server in it:
#
#   editors/vscode/package.sh [--target TARGET] [--reader PROGRAM] [--schema FILE] BINARY OUT.vsix
#
#   --target  what vsce calls the machine that BINARY is for: linux-x64 (default), linux-arm64, alpine-x64,
#             darwin-x64, darwin-arm64, win32-x64, ...
#   --reader  belay-cpp-reader for the same machine, with all that it is linked to; without it the one that is
#             installed for the user reads C++ migrations
#   --schema  what BINARY prints for `config-schema`, where BINARY does not run here
#
# NODE may name the Node to use. Everything is put together in a folder of its own, so that several
# builds can run side by side.
set -euo pipefail

usage() { sed -n '2,/^#$/p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2; }

target=${TARGET:-linux-x64} reader= schema= places=()
while [ $# -gt 0 ]; do
  case $1 in
    --target) target=${2:?}; shift ;;
    --reader) reader=$(realpath "${2:?}"); shift ;;
    --schema) schema=$(realpath "${2:?}"); shift ;;
    -*) usage ;;
    *) places+=("$1") ;;
  esac
  shift
done
[ ${#places[@]} = 2 ] || usage
binary=$(realpath "${places[0]}")
out=$(realpath -m "${places[1]}")
node=${NODE:-node}
cd "$(dirname "$0")"
if [ ! -d node_modules ]; then
  echo "editors/vscode/node_modules is missing: run npm ci --ignore-scripts there first" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/extension
mkdir -p "$stage/server" "$(dirname "$out")"
"$node" build.mjs "$stage/dist/extension.js"
cp -r package.json README.md CHANGELOG.md icon.png media "$stage"
cp ../../LICENSE "$stage/LICENSE"
if [ -n "$schema" ]; then cp "$schema" "$stage/belay.schema.json"
else "$binary" config-schema > "$stage/belay.schema.json"
fi

suffix=
case $target in win32-*) suffix=.exe ;; esac
add_program() {  # from, name
  cp "$1" "$stage/server/$2$suffix"
  strip "$stage/server/$2$suffix" 2>/dev/null || echo "$2 could not be stripped; packaged as it is"
  chmod 755 "$stage/server/$2$suffix"
}
add_program "$binary" belay
if [ -n "$reader" ]; then add_program "$reader" belay-cpp-reader; fi

vsce=$PWD/node_modules/@vscode/vsce/vsce
cd "$stage"
"$node" "$vsce" package --target "$target" --no-dependencies --allow-missing-repository \
  --out "$out" >"$work/vsce.log" 2>&1 || { cat "$work/vsce.log" >&2; exit 1; }
echo "$out ($(du -k "$out" | cut -f1) kB${reader:+, with belay-cpp-reader})"
