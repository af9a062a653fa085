#!/usr/bin/env bash
# Packages the extension with a server in it: editors/vscode/package.sh BINARY OUT.vsix
#
# For a machine of another kind set TARGET to what vsce calls it (linux-x64, darwin-arm64, ...). NODE
# may name the Node to use. Everything is put together in a folder of its own, so that several
# builds can run side by side.
set -euo pipefail

binary=$(realpath "${1:?usage: package.sh BINARY OUT.vsix}")
out=$(realpath -m "${2:?usage: package.sh BINARY OUT.vsix}")
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
cp package.json README.md CHANGELOG.md icon.png "$stage"
cp ../../LICENSE "$stage/LICENSE"
cp "$binary" "$stage/server/belay"
strip "$stage/server/belay" 2>/dev/null || echo "the server could not be stripped; packaged as it is"
chmod 755 "$stage/server/belay"

vsce=$PWD/node_modules/@vscode/vsce/vsce
cd "$stage"
"$node" "$vsce" package --target "${TARGET:-linux-x64}" --no-dependencies --allow-missing-repository \
  --out "$out" >"$work/vsce.log" 2>&1 || { cat "$work/vsce.log" >&2; exit 1; }
echo "$out ($(du -k "$out" | cut -f1) kB)"
